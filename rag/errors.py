"""What can go wrong in answering, added to the tree of `index.errors`.

SanadError
├── SettingInvalid          configuration file, environment or option
├── FilterInvalid           documents cannot be chosen by that
└── AnswerFailed            the language model did not answer
"""

from __future__ import annotations

from typing import Literal

from index import SanadError

Fault = Literal["slow", "unreadable", "error", "stopped", "forbidden"]


class SettingInvalid(SanadError):
    template = "The setting {setting} is not valid: {detail}."


class FilterInvalid(SanadError):
    template = (
        "The filter cannot be used: {detail}. "
        "Documents are filtered by document, language, added and pages."
    )


class AnswerFailed(SanadError):
    template = "The language model {model} did not answer: {detail}. Check its settings, try again."


class EndpointFault(Exception):
    """What an endpoint did instead of answering, as a clause: "it sent a web page".

    It becomes the detail of an AnswerFailed.
    """

    def __init__(self, kind: Fault, detail: str) -> None:
        self.kind = kind
        super().__init__(detail)
