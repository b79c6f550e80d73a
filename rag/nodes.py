"""Hits and answers as LlamaIndex sees them: nodes with their scores, and metadata in plain JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from llama_index.core.schema import NodeRelationship, NodeWithScore, RelatedNodeInfo, TextNode

from index import Hit
from rag.types import Answer, Citation

_READ_BY_MODELS = ("document", "page")
"""Metadata that a language model is shown with the text of a node."""


def node_of(hit: Hit, citations: Sequence[Citation] = ()) -> NodeWithScore:
    """A passage as a node; scores order and have no unit.

    Metadata hold `document`, `page`, `start`, `end`, `section`, `language` and the best `sentence`
    with its offsets and its own page, so that what an engine answers can be cited exactly. Where
    an answer cites the passage they also hold `citations`, each with `marker`, `quote`, `page`,
    `start` and `end`, and the `marker` and the `quote` of the first.
    """
    metadata: dict[str, Any] = {
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
    if citations:
        metadata["marker"] = citations[0].marker
        metadata["quote"] = citations[0].quote
        metadata["citations"] = [
            {
                "marker": citation.marker,
                "quote": citation.quote,
                "page": citation.page,
                "start": citation.start,
                "end": citation.end,
            }
            for citation in citations
        ]
    node = TextNode(
        id_=f"passage-{hit.passage_id}",
        text=hit.text,
        start_char_idx=hit.start,
        end_char_idx=hit.end,
        metadata=metadata,
        excluded_embed_metadata_keys=list(metadata),
        excluded_llm_metadata_keys=[key for key in metadata if key not in _READ_BY_MODELS],
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=hit.document)},
    )
    return NodeWithScore(node=node, score=hit.score)


def source_nodes(answer: Answer, found: Iterable[Hit]) -> list[NodeWithScore]:
    """The passages that an answer cites, in the order of its markers, then what else it shows.

    `found` are the hits that its citations were found in, as its `Piece`s name them.
    """
    hits: Mapping[int, Hit] = {hit.passage_id: hit for hit in (*answer.hits, *found)}
    cited: dict[int, list[Citation]] = {}
    for citation in sorted(answer.citations, key=lambda citation: citation.marker):
        cited.setdefault(citation.passage_id, []).append(citation)
    others = [hit for hit in answer.hits if hit.passage_id not in cited]
    return [
        *(node_of(hits[passage_id], citations) for passage_id, citations in cited.items()),
        *map(node_of, others),
    ]


def metadata_of(answer: Answer) -> dict[str, Any]:
    """What an answer says of itself: `abstained`, `doubtful`, `language`, and its `citations`."""
    return {
        "abstained": answer.abstained,
        "doubtful": answer.doubtful,
        "language": answer.language,
        "citations": [
            {
                "marker": citation.marker,
                "document": citation.document,
                "page": citation.page,
                "start": citation.start,
                "end": citation.end,
                "quote": citation.quote,
                "section": list(citation.section),
                "passage": citation.passage_id,
            }
            for citation in answer.citations
        ],
    }


def references(citations: Sequence[Citation]) -> str:
    """The quotations of an answer as a list, one a line: [1] handbook.pdf, p. 3: “...”."""
    return "\n".join(
        f"[{citation.marker}] {citation.document}"
        f"{'' if citation.page is None else f', p. {citation.page}'}"
        f": “{' '.join(citation.quote.split())}”"
        for citation in citations
    )


def references_below(citations: Sequence[Citation]) -> str:
    """The same as it stands below a text; empty where there are none."""
    return f"\n\n{references(citations)}" if citations else ""
