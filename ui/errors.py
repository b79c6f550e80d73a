"""What can go wrong on the page alone, told in the page's own words."""

from __future__ import annotations

from index import Language, SanadError
from ui.isolation import isolated
from ui.strings import TEXTS


class ChoiceRefused(SanadError):
    """A choice that cannot be made; `reason` is the key of the text that says why."""

    template = "{detail}"

    def __init__(self, reason: str, **named: object) -> None:
        self.reason = reason
        self._named = named
        super().__init__(detail=TEXTS[reason]["en"].format(**named))

    def in_language(self, language: Language) -> str:
        """The reason as the page shows it."""
        if language == "en":
            return str(self)
        named = {name: isolated(value) for name, value in self._named.items()}
        return TEXTS[self.reason][language].format(**named)


class TooManyRequests(SanadError):
    template = "Too many requests come from you. Try again in {seconds} s."


class TooManyQuestions(SanadError):
    template = (
        "As many of your questions as may be asked at once ({count}) are waiting for their "
        "answers. Ask again when one of them is answered."
    )
