"""What programs send to OpenAI's interface, as far as it is of effect here.

Other fields are let pass: such programs send temperatures, tools and more along.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from index import Language
from ui.http.bodies import DOCUMENTS, NAME_CHARACTERS

_MESSAGES = 1_000
_MESSAGE_CHARACTERS = 200_000
_INPUTS = 256
_INPUT_CHARACTERS = 32_000

Text = Annotated[str, Field(max_length=_MESSAGE_CHARACTERS)]
Name = Annotated[str, Field(max_length=NAME_CHARACTERS)]


class Part(BaseModel):
    """A piece of a message; only text is read."""

    type: Literal["text"]
    text: Text


class Message(BaseModel):
    """What somebody said: the person, the assistant, or the program that they use."""

    role: Literal["system", "developer", "user", "assistant"]
    content: Text | Annotated[list[Part], Field(max_length=_MESSAGES)] | None = None

    @property
    def said(self) -> str:
        """Its text."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content).strip()
        return (self.content or "").strip()


class ChatRequest(BaseModel):
    """The body of POST /chat/completions, as far as it is of effect."""

    model: Name
    messages: list[Message] = Field(min_length=1, max_length=_MESSAGES)
    stream: bool = False
    documents: list[Name] | None = Field(default=None, min_length=1, max_length=DOCUMENTS)
    language: Language | None = None
    references: bool = False


class EmbeddingsRequest(BaseModel):
    """The body of POST /embeddings. Questions are embedded otherwise than documents."""

    model: Name
    input: (
        Annotated[str, Field(min_length=1, max_length=_INPUT_CHARACTERS)]
        | Annotated[
            list[Annotated[str, Field(min_length=1, max_length=_INPUT_CHARACTERS)]],
            Field(min_length=1, max_length=_INPUTS),
        ]
    )
    encoding_format: Literal["float", "base64"] = "float"
    input_type: Literal["document", "query"] = "document"
    dimensions: int | None = None
