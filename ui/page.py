"""What the events of the web page call: questions in, chat and cards out; files in and out."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from functools import partial
from pathlib import Path
from typing import Any

from index import Language, Library, SanadError
from index.errors import DocumentMissing
from rag import Assistant, Turn
from rag.assistant import QUESTION_CHARACTERS
from ui import uploads
from ui.conversation import Conversation, Exchange, finish
from ui.examples import examples_for
from ui.offline_gradio import gr
from ui.problems import error_in_all_languages, error_text, warning_in_all_languages
from ui.strings import text
from ui.threads import Progress, ThreadedStream, in_thread

_SECONDS_BETWEEN_UPDATES = 0.06
_SECONDS_BETWEEN_PROGRESS = 0.25
_log = logging.getLogger(__name__)

Updates = list[Any]
"""New values of an event's outputs, in their order."""


class Page:
    """Holds no visitor's state: a `Conversation` comes with each event.

    Whatever comes from the browser is checked here, for anybody can call these events.
    """

    def __init__(
        self,
        library: Library,
        assistant: Assistant,
        answers: ThreadedStream,
    ) -> None:
        self._library = library
        self._assistant = assistant
        self._answers = answers

    # -- asking: outputs are box, chat, sources, conversation -----------------------------

    def begin(self, question: object, language: object, conversation: Conversation) -> Updates:
        """Show the question, and turn the send button into a stop button."""
        asked = question.strip() if isinstance(question, str) else ""
        spoken = _language(language)
        if not asked or conversation.busy:
            return [gr.skip()] * 4
        exchange = conversation.ask(asked[:QUESTION_CHARACTERS])
        if len(asked) > QUESTION_CHARACTERS:
            exchange.text = text("question_too_long", spoken, limit=QUESTION_CHARACTERS)
            exchange.state = "failed"
            box = gr.skip()  # the text stays in the box, to be shortened
        else:
            box = gr.update(value="", submit_btn=False, stop_btn=True)
        return [box, *_shown(conversation, spoken), conversation]

    def begin_example(
        self, language: object, conversation: Conversation, event: gr.EventData
    ) -> Updates:
        """The same for an example; the page says only which one it was."""
        examples = examples_for(self._library.documents())
        number = _from_page(event, "number")
        if not isinstance(number, int) or not 0 <= number < len(examples):
            return [gr.skip()] * 4
        return self.begin(examples[number]["question"], language, conversation)

    async def answer(self, language: object, conversation: Conversation) -> AsyncGenerator[Updates]:
        """Write the answer into chat and sources as it comes."""
        exchange = conversation.waiting()
        if exchange is None:
            return
        spoken = _language(language)
        exchange.state = "working"
        try:
            async with aclosing(self._written(exchange, conversation.history())) as updates:
                async for _ in updates:
                    yield [_messages(conversation, spoken), gr.skip()]
        except SanadError as error:
            exchange.text, exchange.state = error_text(error, spoken), "failed"
        except Exception:  # noqa: BLE001 - of whatever kind: the person must not wait for ever
            _log.exception("An answer failed")
            exchange.text, exchange.state = text("failed", spoken), "failed"
        finally:
            _stop_if_open(exchange, spoken)
        yield _shown(conversation, spoken)

    def settle(self, language: object, conversation: Conversation) -> Updates:
        """After an answer, or when it was stopped: the box takes a question again."""
        spoken = _language(language)
        if conversation.exchanges:
            _stop_if_open(conversation.exchanges[-1], spoken)
        box = gr.update(submit_btn=True, stop_btn=False)
        return [box, *_shown(conversation, spoken), conversation]

    def forget(self) -> Updates:
        """Begin a new conversation."""
        return [gr.update(submit_btn=True, stop_btn=False), [], [], Conversation()]

    async def _written(self, exchange: Exchange, history: list[Turn]) -> AsyncGenerator[None]:
        """Lets the exchange grow; yields when the page should be drawn again."""
        start = partial(self._assistant.stream, exchange.question, history)
        drawn = 0.0
        async with aclosing(self._answers.items(start)) as pieces:
            async for piece in pieces:
                exchange.text += piece.text
                if piece.answer is not None:
                    records = await in_thread(self._library.documents)
                    warnings = {record.name: record.warnings for record in records}
                    finish(exchange, piece.answer, warnings)
                elif time.monotonic() - drawn > _SECONDS_BETWEEN_UPDATES:
                    drawn = time.monotonic()
                    yield

    # -- documents: outputs are activity, documents, examples -------------------------------

    async def upload(self, files: object) -> AsyncGenerator[Updates]:
        """Take in what was uploaded; the upload box (first output) is emptied."""
        paths = [Path(str(file)) for file in files] if isinstance(files, list) else []
        arrived = [(path, path.name) for path in paths]

        def work(progress: Progress) -> list[dict[str, Any]]:
            try:
                return uploads.take_in(self._library, arrived, progress)
            finally:
                for path in paths:  # they lie in the store now
                    path.unlink(missing_ok=True)

        if arrived:
            async for update in self._reporting(work):
                yield [None, *update]

    async def rebuild(self) -> AsyncGenerator[Updates]:
        """Cut and index every document again."""

        def work(progress: Progress) -> list[dict[str, Any]]:
            report = self._library.rebuild(progress=progress)
            return [{"name": name, "status": "rebuilt"} for name in report.changed]

        async for update in self._reporting(work):
            yield update

    async def remove(self, event: gr.EventData) -> AsyncGenerator[Updates]:
        """Take one document out."""
        number = _from_page(event, "id")

        def work(_: Progress) -> list[dict[str, Any]]:
            for record in self._library.documents():
                if record.id == number:
                    try:
                        uploads.remove(self._library, record)
                    except DocumentMissing:
                        break  # another page was quicker
                    return [{"name": record.name, "status": "removed"}]
            return []

        async for update in self._reporting(work):
            yield update

    async def shelf(self) -> Updates:
        """The documents, and the examples that they can answer."""
        records = await in_thread(self._library.documents)
        shelf = [
            {
                "id": record.id,
                "name": record.name,
                "language": record.language,
                "pages": record.pages,
                "passages": record.passages,
                "added": record.added,
                "warnings": [
                    warning_in_all_languages(warning, record.name) for warning in record.warnings
                ],
            }
            for record in records
        ]
        return [shelf, {"documents": len(shelf), "examples": list(examples_for(records))}]

    async def _reporting(
        self, work: Callable[[Progress], list[dict[str, Any]]]
    ) -> AsyncGenerator[Updates]:
        """Runs `work` in a thread; yields its progress, then its results and the new shelf."""
        progress = Progress()
        unchanged = [gr.skip(), gr.skip()]
        yield [{"state": "working", "stages": []}, *unchanged]
        # A page that is closed does not stop the work: half of the files would be missing.
        task = asyncio.ensure_future(in_thread(partial(work, progress)))
        seen = progress.stages
        while not (await asyncio.wait({task}, timeout=_SECONDS_BETWEEN_PROGRESS))[0]:
            if progress.stages != seen:
                seen = progress.stages
                stages = [
                    {"stage": stage, "done": done, "total": total}
                    for stage, (done, total) in seen.items()
                ]
                yield [{"state": "working", "stages": stages}, *unchanged]
        told: dict[str, Any]
        try:
            told = {"state": "done", "results": task.result()}
        except SanadError as error:
            told = {"state": "failed", "error": error_in_all_languages(error)}
        yield [told, *await self.shelf()]


def _shown(conversation: Conversation, language: Language) -> Updates:
    return [_messages(conversation, language), conversation.sources()]


def _messages(conversation: Conversation, language: Language) -> list[dict[str, str]]:
    return conversation.messages(working=text("working", language))


def _stop_if_open(exchange: Exchange, language: Language) -> None:
    if exchange.state in ("waiting", "working"):
        exchange.state = "stopped"
        exchange.text = f"{exchange.text} {text('stopped', language)}".strip()


def _language(value: object) -> Language:
    return "ar" if value == "ar" else "en"


def _from_page(event: gr.EventData, key: str) -> object:
    """What the script sent along with an event; None when it sent something else."""
    return event._data.get(key) if isinstance(event._data, dict) else None
