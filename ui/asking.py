"""What the events of the Ask tab call: questions in, conversation and suggestions out."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from functools import partial
from typing import Any

from index import Language, Library, SanadError
from rag import Answer, Piece
from rag.assistant import QUESTION_CHARACTERS
from ui.answering import Answering
from ui.chats import ChatStore
from ui.conversation import Conversation, Exchange, cards_of, finish
from ui.offline_gradio import gr
from ui.problems import error_text
from ui.request import PageRequest, read_request
from ui.scope import searched
from ui.strings import text
from ui.suggestions import examples, follow_ups
from ui.threads import PlaceInLine, ThreadedStream, in_thread
from ui.visitors import visitor_of

_SECONDS_BETWEEN_UPDATES = 0.06
_log = logging.getLogger(__name__)

Updates = list[Any]
"""New values of an event's outputs, in their order: box, chat, chats, conversation."""


class Asking:
    """Holds no visitor's state: a `Conversation` comes with each event.

    Whatever comes from the browser is checked here, for anybody can call these events.
    """

    def __init__(
        self,
        library: Library,
        answering: Answering,
        answers: ThreadedStream,
        chats: ChatStore,
    ) -> None:
        self._library = library
        self._answering = answering
        self._answers = answers
        self._chats = chats

    # -- beginning ------------------------------------------------------------------------

    def begin(self, question: object, told: object, conversation: Conversation) -> Updates:
        """Show what was typed, and turn the send button into a stop button."""
        if not isinstance(question, str) or conversation.busy:
            return [gr.skip()] * 4
        return self._begun(question.strip(), read_request(told), conversation)

    def act(self, told: object, conversation: Conversation, event: gr.EventData) -> Updates:
        """Ask again, ask what was suggested, or ask an earlier question in other words."""
        data = event._data if isinstance(event._data, dict) else {}
        question, earlier = data.get("question"), data.get("exchange")
        only: list[str] = []
        if conversation.busy:
            return [gr.skip()] * 4
        if earlier is not None:
            exchange = conversation.back_to(earlier)
            if exchange is None:
                return [gr.skip()] * 4
            question, only = question or exchange.question, exchange.only
        if not isinstance(question, str):
            return [gr.skip()] * 4
        if data.get("example") is True:
            only = self._only(question)
        return self._begun(question.strip(), read_request(told), conversation, only)

    def _begun(
        self,
        asked: str,
        request: PageRequest,
        conversation: Conversation,
        only: Sequence[str] = (),
    ) -> Updates:
        if not asked:
            return [gr.skip()] * 4
        exchange = conversation.ask(asked[:QUESTION_CHARACTERS])
        exchange.only = list(only)
        box: Any = gr.update(value="", submit_btn=False, stop_btn=True)
        if len(asked) > QUESTION_CHARACTERS:
            exchange.text = text("question_too_long", request.language, limit=QUESTION_CHARACTERS)
            exchange.state = "failed"
            box = gr.skip()  # the text stays in the box, to be shortened
        return [box, conversation.drawn(), gr.skip(), conversation]

    def _only(self, question: str) -> list[str]:
        """The documents that an example is about."""
        for example in examples(self._library, self._library.documents()):
            if example["question"] == question:
                return example["documents"]
        return []

    # -- answering ------------------------------------------------------------------------

    async def answer(
        self, told: object, conversation: Conversation, request: gr.Request
    ) -> AsyncGenerator[dict[str, Any]]:
        """Write the answer into the conversation as it comes."""
        exchange = conversation.waiting()
        if exchange is None:
            return
        page = read_request(told)
        exchange.state = "working"
        try:
            written = self._written(exchange, conversation, page, _visitor(request))
            async with aclosing(written) as updates:
                async for _ in updates:
                    yield conversation.drawn()
        except SanadError as error:
            exchange.text, exchange.state = error_text(error, page.language), "failed"
        except Exception:  # noqa: BLE001 - of whatever kind: the person must not wait for ever
            _log.exception("An answer failed")
            exchange.text, exchange.state = text("failed", page.language), "failed"
        finally:
            _stop_if_open(exchange, page.language)
        yield conversation.drawn()

    def settle(self, told: object, conversation: Conversation, request: gr.Request) -> Updates:
        """After an answer, or when it was stopped: keep it; the box takes a question again."""
        if conversation.exchanges:
            _stop_if_open(conversation.exchanges[-1], read_request(told).language)
        try:
            self._chats.save(_visitor(request), conversation)
        except SanadError:  # the answer is on the page all the same
            _log.exception("A conversation could not be kept")
        box = gr.update(submit_btn=True, stop_btn=False)
        return [box, conversation.drawn(), self._listed(conversation), conversation]

    async def _written(
        self, exchange: Exchange, conversation: Conversation, page: PageRequest, visitor: str
    ) -> AsyncGenerator[None]:
        """Lets the exchange grow; yields when the page should be drawn again."""
        records = await in_thread(self._library.documents)
        chosen = page.scope.chosen(records)
        if exchange.only:
            chosen = frozenset(exchange.only)
        exchange.searched = searched(records, chosen)
        warnings = {record.name: record.warnings for record in records}
        preferences = self._answering.preferences(page.preferences)

        def start() -> Iterator[Piece]:
            return self._answering.assistant(preferences).stream(
                exchange.question,
                conversation.history(),
                documents=chosen,
                language=preferences.language,
            )

        drawn = 0.0
        async with aclosing(self._answers.items_or_places(start, visitor)) as pieces:
            async for piece in pieces:
                if isinstance(piece, PlaceInLine):
                    exchange.place = piece.before
                    yield
                    continue
                exchange.place = 0
                exchange.text += piece.text
                exchange.cards += cards_of(piece.citations, piece.hits, warnings)
                if piece.answer is not None:
                    finish(exchange, piece.answer, warnings)
                    exchange.suggestions = await in_thread(
                        partial(self._suggested_after, piece.answer, conversation)
                    )
                elif time.monotonic() - drawn > _SECONDS_BETWEEN_UPDATES:
                    drawn = time.monotonic()
                    yield

    def _suggested_after(self, answer: Answer, conversation: Conversation) -> list[str]:
        asked = {exchange.question for exchange in conversation.exchanges}
        return follow_ups(self._library, answer, asked)

    # -- conversations --------------------------------------------------------------------

    def enter(self, told: object, conversation: Conversation, request: gr.Request) -> Updates:
        """The conversation that the page had open before it was loaded again, or a new one.

        A question may have been asked before this event has come through: then that stands.
        """
        kept = self._kept(read_request(told).chat, _visitor(request))
        if kept is not None and not conversation.exchanges:
            conversation.take_over(kept)
        return [gr.skip(), conversation.drawn(), self._listed(conversation), conversation]

    def open(self, event: gr.EventData, request: gr.Request) -> Updates:
        """A kept conversation, or a new one."""
        wanted = event._data.get("open") if isinstance(event._data, dict) else None
        conversation = self._kept(wanted, _visitor(request)) or Conversation()
        box = gr.update(submit_btn=True, stop_btn=False)
        return [box, conversation.drawn(), self._listed(conversation), conversation]

    def _kept(self, wanted: object, visitor: str) -> Conversation | None:
        if not isinstance(wanted, str) or not wanted:
            return None
        try:
            return self._chats.load(visitor, wanted)
        except SanadError:
            _log.exception("A conversation could not be opened")
            return None

    def _listed(self, conversation: Conversation) -> dict[str, Any]:
        """Tells the list of conversations to look again."""
        return {"open": conversation.id, "changed": time.time_ns()}


def _stop_if_open(exchange: Exchange, language: Language) -> None:
    if exchange.state in ("waiting", "working"):
        exchange.state = "stopped"
        exchange.text = f"{exchange.text} {text('stopped', language)}".strip()


def _visitor(request: gr.Request) -> str:
    return visitor_of(dict(request.cookies.items())) or ""
