"""Who answers on this server: the chosen language model, as each person wants to be answered."""

from __future__ import annotations

from rag import Assistant
from ui.language_model import LanguageModels
from ui.preferences import Preferences, read_preferences


class Answering:
    """Makes the assistant for one question; an answer keeps the model that it began with.

    An assistant that was made with a language model answers with that one, whatever is chosen.
    """

    def __init__(self, assistant: Assistant, models: LanguageModels) -> None:
        self._assistant = assistant
        self._models = models

    def preferences(self, told: object) -> Preferences:
        """What the page says of a person's choices, over what the server was started with."""
        return read_preferences(told, self._assistant.settings)

    def assistant(self, preferences: Preferences | None = None) -> Assistant:
        """The assistant for a question. Raises ModelMissing."""
        given = self._assistant.given_llm
        llm = given or self._models.current()
        profile = None if given is not None else self._models.profile()
        if preferences is None:
            return self._assistant.adjusted(llm, profile=profile)
        return self._assistant.adjusted(
            llm,
            profile=profile,
            passages=preferences.passages,
            strictness=preferences.strictness,
            length=preferences.length,
        )

    def warm_up(self) -> None:
        """Load the models now instead of with the first question. Raises SanadError."""
        self._assistant.library.warm_up()
        self.assistant()
