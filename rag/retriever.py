"""The library as a LlamaIndex retriever: drops into any LlamaIndex query engine."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle

from index import Library
from index.threads import in_thread
from rag.nodes import node_of
from rag.selection import chosen

if TYPE_CHECKING:
    from llama_index.core.vector_stores import MetadataFilters


class SanadRetriever(BaseRetriever):
    """The `k` best passages as nodes (`rag.nodes.node_of`), best first.

    `documents` and `filters` name the documents to look in (`rag.selection.chosen`).
    """

    def __init__(
        self,
        library: Library,
        k: int = 5,
        *,
        documents: Collection[str] | None = None,
        filters: MetadataFilters | None = None,
    ) -> None:
        self._library = library
        self._k = k
        self._documents = documents
        self._filters = filters
        super().__init__()

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        documents = chosen(self._library, self._documents, self._filters)
        hits = self._library.search(query_bundle.query_str, self._k, documents=documents)
        return [node_of(hit) for hit in hits]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await in_thread(lambda: self._retrieve(query_bundle))
