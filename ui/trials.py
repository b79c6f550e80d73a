"""The trial of the language model that was chosen on the page, and how far it is."""

from __future__ import annotations

import threading
from typing import Any

from index import SanadError
from rag import Settings
from rag.ask import Model
from rag.profile import CAPABILITIES, UNTRIED, Profiles, known_profile
from rag.stop import Stop
from rag.trial import TrialStopped, tasks, try_model
from ui.language_model import LanguageModels
from ui.problems import error_in_all_languages

_SECONDS_TO_STOP = 5.0


class Trials:
    """Tries the chosen language model once, in a thread of its own; what comes of it is kept.

    Answers go on meanwhile; the embedded model does one task or answer after the other. Safe to
    use from many threads.
    """

    def __init__(self, language_models: LanguageModels) -> None:
        self._language_models = language_models
        self._lock = threading.Lock()
        self._trial: _Trial | None = None
        self._thread: threading.Thread | None = None
        self._failed: tuple[Settings, SanadError] | None = None

    def begin(self, *, again: bool = False) -> None:
        """Try the chosen model if nothing is known of it, or `again`; no other is tried further."""
        choice = self._language_models.chosen
        known = known_profile(choice) is not None
        with self._lock:
            if self._trial is not None:
                if self._trial.choice == choice:
                    return
                self._end()
            self._failed = None
            if known and not again:
                return
            self._trial = _Trial(choice)
            self._thread = threading.Thread(target=self._try, args=(self._trial,), daemon=True)
            self._thread.start()

    def cancel(self) -> None:
        """Try no further; nothing is kept of it."""
        with self._lock:
            self._end()

    def stop(self) -> None:
        """The same, and wait a little until the model is left alone."""
        self.cancel()
        thread = self._thread
        if thread is not None:
            thread.join(_SECONDS_TO_STOP)

    def described(self) -> dict[str, Any]:
        """What is known of the chosen model and how far its trial is, for the page."""
        choice = self._language_models.chosen
        profile = known_profile(choice)
        with self._lock:
            trial = self._trial if self._trial and self._trial.choice == choice else None
            failed = self._failed[1] if self._failed and self._failed[0] == choice else None
        state = "trying" if trial else "failed" if failed else "known" if profile else "untried"
        abilities = profile or UNTRIED
        return {
            "state": state,
            "done": trial.done if trial else 0,
            "total": len(tasks()),
            "abilities": {name: abilities.can(name) for name in CAPABILITIES},
            "error": error_in_all_languages(failed) if failed else None,
        }

    def _end(self) -> None:
        if self._trial is not None:
            self._trial.stop.set()
            self._trial = None

    def _try(self, trial: _Trial) -> None:
        error = None
        try:
            with trial.stop.in_force():
                llm = self._language_models.opened(trial.choice)
                profile = try_model(Model(llm), trial)
            Profiles(trial.choice.store).keep(trial.choice, profile)
        except TrialStopped:
            pass
        except SanadError as failure:
            error = failure
        finally:
            with self._lock:
                if self._trial is trial:
                    self._trial = None
                    self._failed = (trial.choice, error) if error else None


class _Trial:
    """Told by `try_model` how many tasks are done; `stop` ends it."""

    def __init__(self, choice: Settings) -> None:
        self.choice = choice
        self.stop = Stop()
        self.done = 0

    def __call__(self, stage: str, done: int, total: int, unit: str) -> None:
        self.done = done
