"""What all collections of a server have in common: the language model and its queue."""

from __future__ import annotations

from pathlib import Path

from rag import Assistant
from ui.language_model import LanguageModels
from ui.model_state import Downloads
from ui.threads import ThreadedStream
from ui.trials import Trials

MODEL_FILE = "language-model.json"
"""In the store's folder: which language model was chosen on the page."""


class Shared:
    """The models, what is fetched and tried, and the queue for answers.

    `assistant` is the one that the server was started with; `folder` is that of the store. Where
    models are not `changeable`, nobody chooses another one on the page.
    """

    def __init__(self, assistant: Assistant, folder: Path, *, changeable: bool) -> None:
        self.assistant = assistant
        self.models = LanguageModels(assistant.settings, folder / MODEL_FILE, changeable)
        given = assistant.given_llm is not None
        self.answers = ThreadedStream(lambda: 1 if given else self.models.at_once())
        self.downloads = Downloads()
        self.trials = Trials(self.models)

    def close(self) -> None:
        """Stop what is being fetched or tried."""
        self.trials.stop()
        self.downloads.stop()
