"""The HTTP API tried with requests that are made out of its own schema."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation, BaseSchema
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from index import Library
from index.watching import WatchedFolders
from rag import Assistant
from tests.entered import Decided
from tests.scripted import ScriptedLLM
from ui.access import Access
from ui.chats import FILE_NAME, ChatStore
from ui.http.app import PREFIX, create_app
from ui.http.errors import refuse_unknown
from ui.threads import ThreadedStream

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
HANDBOOK = "Every new employee has thirty days of paid annual leave."


_DOCUMENTS = 4


@dataclass(slots=True)
class Told:
    """What came back: how often which status, and what is against the schema."""

    statuses: Counter[int] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)

    @property
    def requests(self) -> int:
        """How many there were."""
        return sum(self.statuses.values())

    @property
    def server_errors(self) -> int:
        """How many ended in a 5xx."""
        return sum(count for status, count in self.statuses.items() if status >= 500)


def tried(library: Library, examples: int) -> Told:
    """Send `examples` fitting and as many wrong requests to each address of a library's API."""
    told = Told()
    with tempfile.TemporaryDirectory() as folder, _served(library, Path(folder)) as schema:
        for found in schema.get_all_operations():
            assert isinstance(found, Ok)
            for mode in GenerationMode:
                if not library.documents():  # some request has removed them
                    library.add(Path(folder) / "followed")
                _try(found.ok(), mode, examples, told, _Fitting(library, Path(folder)))
            # What came in would make every later rebuild longer.
            library.remove([record.name for record in library.documents()[_DOCUMENTS:]])
    return told


@contextmanager
def _served(library: Library, folder: Path) -> Iterator[BaseSchema]:
    """The schema of the API of a library, whose conversations lie in that folder."""
    (folder / "followed").mkdir()
    (folder / "followed" / "rules.txt").write_text("The gate is closed at night.")
    assistant = Assistant(library, ScriptedLLM("Thirty days."), strictness="open")
    with closing(ChatStore(folder / FILE_NAME)) as chats:
        app = create_app(
            library,
            lambda: assistant,
            ThreadedStream(),
            chats,
            ready=lambda: True,
            folders=WatchedFolders(library),
        )
        refuse_unknown(app)
        served = Decided(app, Access(person="tester", role="owner", id="tester", serves=True))
        yield schemathesis.openapi.from_asgi(f"{PREFIX}/openapi.json", served)


class _Fitting:
    """Lets requests find something: chance alone hits no id, and folders of this machine it may."""

    def __init__(self, library: Library, folder: Path) -> None:
        self._library = library
        self._folder = folder

    def fitted(self, case: Case[Any], mode: GenerationMode) -> Case[Any]:
        """The same request, about what is there."""
        body: Any = case.body
        fits = mode is GenerationMode.POSITIVE
        folder = body.get("folder") if isinstance(body, dict) else None
        if isinstance(folder, str) and (fits or folder.startswith("/")):
            body["folder"] = str(self._folder / "followed")
        if not fits:
            return case
        if isinstance(body, dict) and body.get("conversation"):
            body["conversation"] = "new"
            body["history"] = []
        documents = self._library.documents()
        if documents and case.path.startswith("/documents/{id}"):
            case.path_parameters["id"] = documents[0].id
        elif documents and case.path.startswith("/passages/"):
            case.path_parameters["id"] = self._library.spans(documents[0].name)[0].id
        return case


def _try(
    operation: APIOperation[Any, Any, Any, Any],
    mode: GenerationMode,
    examples: int,
    told: Told,
    fitting: _Fitting,
) -> None:
    @seed(1)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def send(case: Case[Any]) -> None:
        response = fitting.fitted(case, mode).call()
        told.statuses[response.status_code] += 1
        try:
            case.validate_response(response, checks=CHECKS)
        except FailureGroup as failures:
            told.violations.append(f"{operation.label} ({mode.value}): {failures.args[0]}")

    # An address without parameters cannot be asked wrongly.
    unasked = suppress(Unsatisfiable) if mode is GenerationMode.NEGATIVE else nullcontext()
    with unasked:
        send()
