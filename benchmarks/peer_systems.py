"""One system of `benchmarks.peers`, measured in a process of its own: JSON in, JSON out.

Runs in an environment that does not know Sanad. Every system gets the same passages, one text each,
the same weights with the prompts that they want, vectors and BM25 together, and default settings
besides.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

os.environ["HF_HUB_OFFLINE"] = "1"
NEAREST = 5
QUERY, PASSAGE = "query: ", "passage: "


class LangChain:
    """FAISS and BM25, fused by rank."""

    def __init__(self, model: str) -> None:
        from langchain_huggingface import HuggingFaceEmbeddings

        unit = {"normalize_embeddings": True}
        self.embeddings = HuggingFaceEmbeddings(
            model_name=model,
            encode_kwargs={**unit, "prompt": PASSAGE},
            query_encode_kwargs={**unit, "prompt": QUERY},
        )

    def build(self, texts: Sequence[str]) -> None:
        from langchain_community.vectorstores import FAISS

        self.texts = list(texts)
        numbers = [{"number": number} for number in range(len(texts))]
        self.vectors = FAISS.from_texts(self.texts, self.embeddings, numbers)
        self._rank()

    def add(self, text: str) -> None:
        self.vectors.add_texts([text], [{"number": len(self.texts)}])
        self.texts.append(text)
        self._rank()

    def _rank(self) -> None:
        from langchain_classic.retrievers import EnsembleRetriever
        from langchain_community.retrievers import BM25Retriever

        numbers = [{"number": number} for number in range(len(self.texts))]
        words = BM25Retriever.from_texts(self.texts, numbers, k=NEAREST)
        vectors = self.vectors.as_retriever(search_kwargs={"k": NEAREST})
        self.retriever = EnsembleRetriever(retrievers=[vectors, words], weights=[0.5, 0.5])

    def search(self, question: str) -> list[int]:
        found = self.retriever.invoke(question)[:NEAREST]
        return [document.metadata["number"] for document in found]

    def save(self, folder: str) -> None:
        self.vectors.save_local(folder)


class Txtai:
    """Its hybrid index, with content."""

    def __init__(self, model: str) -> None:
        from txtai import Embeddings

        prompts = {"query": QUERY, "data": PASSAGE}
        self.index = Embeddings(path=model, content=True, hybrid=True, instructions=prompts)
        self.count = 0

    def build(self, texts: Sequence[str]) -> None:
        self.count = len(texts)
        self.index.index(enumerate(texts))

    def add(self, text: str) -> None:
        self.index.upsert([(self.count, text)])
        self.count += 1

    def search(self, question: str) -> list[int]:
        return [int(found["id"]) for found in self.index.search(question, NEAREST)]

    def save(self, folder: str) -> None:
        self.index.save(folder)


class LlamaIndex:
    """A FAISS vector store and BM25, fused by rank."""

    def __init__(self, model: str) -> None:
        from llama_index.core import Settings
        from llama_index.core.llms import MockLLM
        from llama_index.embeddings.huggingface import HuggingFaceEmbedding

        Settings.llm = MockLLM()
        Settings.embed_model = HuggingFaceEmbedding(
            model, query_instruction=QUERY, text_instruction=PASSAGE
        )

    def build(self, texts: Sequence[str]) -> None:
        import faiss
        from llama_index.core import StorageContext, VectorStoreIndex
        from llama_index.core.schema import TextNode
        from llama_index.vector_stores.faiss import FaissVectorStore

        self.nodes = [TextNode(text=text, id_=str(number)) for number, text in enumerate(texts)]
        store = FaissVectorStore(faiss_index=faiss.IndexFlatIP(384))
        context = StorageContext.from_defaults(vector_store=store)
        self.index = VectorStoreIndex(self.nodes, storage_context=context)
        self._rank()

    def add(self, text: str) -> None:
        from llama_index.core.schema import TextNode

        node = TextNode(text=text, id_=str(len(self.nodes)))
        self.nodes.append(node)
        self.index.insert_nodes([node])
        self._rank()

    def _rank(self) -> None:
        from llama_index.core.retrievers import QueryFusionRetriever
        from llama_index.core.retrievers.fusion_retriever import FUSION_MODES
        from llama_index.retrievers.bm25 import BM25Retriever

        words = BM25Retriever.from_defaults(nodes=self.nodes, similarity_top_k=NEAREST)
        vectors = self.index.as_retriever(similarity_top_k=NEAREST)
        self.retriever = QueryFusionRetriever(
            [vectors, words],
            similarity_top_k=NEAREST,
            num_queries=1,
            mode=FUSION_MODES.RECIPROCAL_RANK,
            use_async=False,
        )

    def search(self, question: str) -> list[int]:
        return [int(found.node.node_id) for found in self.retriever.retrieve(question)]

    def save(self, folder: str) -> None:
        self.index.storage_context.persist(folder)


class System(Protocol):
    """What is measured."""

    def build(self, texts: Sequence[str]) -> None:
        """Index these passages; they are called by their numbers."""

    def add(self, text: str) -> None:
        """Index one more."""

    def search(self, question: str) -> list[int]:
        """The numbers of the nearest passages, best first."""

    def save(self, folder: str) -> None:
        """Write everything that a next start needs."""


SYSTEMS: dict[str, Callable[[str], System]] = {
    "LangChain": LangChain,
    "txtai": Txtai,
    "LlamaIndex": LlamaIndex,
}


def measured(system: System, given: dict[str, Any]) -> dict[str, float]:
    """What building, adding and searching cost, and how often the right passage was found."""
    *texts, one_more = given["passages"]
    began, worked = time.perf_counter(), time.process_time()
    system.build(texts)
    build, work = time.perf_counter() - began, time.process_time() - worked
    began = time.perf_counter()
    system.add(one_more)
    add = time.perf_counter() - began
    for question, _ in given["questions"][:5]:
        system.search(question)
    seconds: list[float] = []
    ranks: list[int | None] = []
    for question, right in given["questions"]:
        began = time.perf_counter()
        found = system.search(question)
        seconds.append(time.perf_counter() - began)
        ranks.append(found.index(right) if right in found else None)
    folder = tempfile.mkdtemp()
    try:
        system.save(folder)
        disk = sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file())
    finally:
        shutil.rmtree(folder)
    return {
        "build s": build,
        "of it CPU s": work,
        "add one s": add,
        "search ms": 1000 * statistics.median(seconds),
        "recall@1": sum(rank == 0 for rank in ranks) / len(ranks),
        "recall@5": sum(rank is not None for rank in ranks) / len(ranks),
        "peak MiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "disk MB": disk / 1e6,
    }


def main() -> None:
    name, file = sys.argv[1:]
    given = json.loads(Path(file).read_text("utf-8"))
    print(json.dumps(measured(SYSTEMS[name](given["model"]), given)))


if __name__ == "__main__":
    main()
