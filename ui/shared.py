"""What all collections of a server have in common: the language model and its queue."""

from __future__ import annotations

from pathlib import Path

from rag import Assistant
from ui.audit import Audit
from ui.crowd import Crowd
from ui.http.metrics import CountedAnswers, Metrics
from ui.language_model import LanguageModels
from ui.limits import Bounds
from ui.model_state import Downloads
from ui.trials import Trials

MODEL_FILE = "language-model.json"
"""In the store's folder: which language model was chosen on the page."""


class Shared:
    """The models, what is fetched and tried, the queue for answers, and who does and asks how much.

    `assistant` is the one that the server was started with; `folder` is that of the store. Where
    models are not `changeable`, nobody chooses another one on the page. `audit` is told who does
    what; None where nothing can be written.
    """

    def __init__(
        self, assistant: Assistant, folder: Path, *, changeable: bool, audit: Audit | None
    ) -> None:
        self.assistant, self.folder = assistant, folder
        self.models = LanguageModels(assistant.settings, folder / MODEL_FILE, changeable)
        given = assistant.given_llm is not None
        self.metrics = Metrics()
        self.answers = CountedAnswers(self.metrics, lambda: 1 if given else self.models.at_once())
        self.bounds = Bounds.of(assistant.settings)
        self.crowd = Crowd(self.bounds.person, self.bounds.address)
        self.audit = audit
        self.ready = False
        """Whether the models are loaded."""
        self.downloads = Downloads()
        self.trials = Trials(self.models)

    def close(self) -> None:
        """Stop what is being fetched or tried."""
        self.trials.stop()
        self.downloads.stop()
