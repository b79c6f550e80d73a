"""The library as a LlamaIndex retriever: drops into any LlamaIndex query engine."""

from __future__ import annotations

from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from index import Hit, Library


class SanadRetriever(BaseRetriever):
    """Passages as nodes; scores order and have no unit.

    Metadata hold `document`, `page`, `start`, `end`, `section`, `language` and the best
    `sentence` with its offsets and its own page, so that what an engine answers can be cited
    exactly.
    """

    def __init__(self, library: Library, k: int = 5) -> None:
        self._library = library
        self._k = k
        super().__init__()

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return [_node(hit) for hit in self._library.search(query_bundle.query_str, self._k)]


def _node(hit: Hit) -> NodeWithScore:
    metadata = {
        "document": hit.document,
        "page": hit.page,
        "start": hit.start,
        "end": hit.end,
        "section": list(hit.section),
        "language": hit.language,
        "sentence": hit.sentence.text,
        "sentence_start": hit.sentence.start,
        "sentence_end": hit.sentence.end,
        "sentence_page": hit.sentence.page,
    }
    node = TextNode(
        id_=f"passage-{hit.passage_id}",
        text=hit.text,
        metadata=metadata,
        excluded_embed_metadata_keys=list(metadata),
        excluded_llm_metadata_keys=[key for key in metadata if key not in ("document", "page")],
    )
    return NodeWithScore(node=node, score=hit.score)
