"""What the events of the Ask tab call: questions in, conversation and suggestions out."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import ExitStack, aclosing
from functools import partial
from typing import Any
from weakref import WeakValueDictionary

from index import Language, Library, SanadError
from rag import Answer, Piece
from rag.assistant import QUESTION_CHARACTERS
from ui.access import NOBODY, Access, access_in
from ui.answering import Answering
from ui.audit import Audit
from ui.chats import ChatStore
from ui.conversation import UNFINISHED, Conversation, Exchange, cards_of, finish, shortened
from ui.crowd import Crowd
from ui.errors import TooManyQuestions
from ui.offline_gradio import gr
from ui.problems import error_text
from ui.request import PageRequest, read_request
from ui.scope import searched
from ui.strings import text
from ui.suggestions import examples, follow_ups
from ui.threads import PlaceInLine, ThreadedStream, in_thread
from ui.underway import Underway
from ui.visitors import owner_of

SECONDS_TO_FINISH = 5.0
"""So long a server that is told to stop lets answers be written on."""
_SECONDS_BETWEEN_KEEPING = 2.0
_log = logging.getLogger(__name__)

Updates = list[Any]
"""New values of an event's outputs, in their order: box, chat, chats, conversation."""


class Asking:
    """Holds no visitor's state: a `Conversation` comes with each event.

    Whatever comes from the browser is checked here, for anybody can call these events. What is
    asked is kept at once, and its answer is written whether or not the page stays open. `crowd`
    says how many questions somebody may ask at once (without one, any number), and `audit` is told
    of each.
    """

    def __init__(
        self,
        library: Library,
        answering: Answering,
        answers: ThreadedStream,
        chats: ChatStore,
        crowd: Crowd | None = None,
        audit: Audit | None = None,
    ) -> None:
        self._crowd, self._audit = crowd, audit
        self._library = library
        self._answering = answering
        self._answers = answers
        self._chats = chats
        self._underway = Underway()
        # By visitor and id, so that two pages that show the same conversation share it.
        self._open: WeakValueDictionary[tuple[str, str], Conversation] = WeakValueDictionary()
        self._joining = threading.Lock()

    # -- beginning ------------------------------------------------------------------------

    async def begin(
        self, question: object, told: object, conversation: Conversation, request: gr.Request
    ) -> Updates:
        """Take a question from the box, and turn the send button into a stop button."""
        page, visitor = read_request(told), _visitor(request)
        await in_thread(partial(self._join, conversation, page.chat, visitor, page.language))
        if not isinstance(question, str) or conversation.busy:
            return [gr.skip()] * 4
        asked = question.strip()
        return await self._begun(asked, page, conversation, visitor, _access(request))

    async def act(
        self, told: object, conversation: Conversation, event: gr.EventData, request: gr.Request
    ) -> Updates:
        """Ask again, ask what was suggested, or ask an earlier question in other words."""
        data = event._data if isinstance(event._data, dict) else {}
        question, earlier = data.get("question"), None
        only: list[str] = []
        page, visitor = read_request(told), _visitor(request)
        await in_thread(partial(self._join, conversation, page.chat, visitor, page.language))
        if conversation.busy:
            return [gr.skip()] * 4
        if data.get("exchange") is not None:
            earlier = conversation.find(data["exchange"])
            if earlier is None:
                return [gr.skip()] * 4
            question, only = question or earlier.question, earlier.only
        if not isinstance(question, str):
            return [gr.skip()] * 4
        if data.get("example") is True:
            only = await in_thread(partial(self._only, question))
        asked = question.strip()
        return await self._begun(
            asked, page, conversation, visitor, _access(request), only, earlier
        )

    async def _begun(
        self,
        asked: str,
        page: PageRequest,
        conversation: Conversation,
        visitor: str,
        access: Access,
        only: Sequence[str] = (),
        earlier: Exchange | None = None,
    ) -> Updates:
        """Ask, in place of `earlier` and all after it where that is given."""
        if not asked:
            return [gr.skip()] * 4
        if len(asked) > QUESTION_CHARACTERS:
            exchange = conversation.ask(shortened(asked))
            fields = {"limit": QUESTION_CHARACTERS, "length": len(asked)}
            exchange.text = text("question_too_long", page.language, **fields)
            exchange.state = "failed"
            # The whole text stays in the box, or comes into it, to be shortened there.
            box = gr.skip() if earlier is None else gr.update(value=asked)
            return [box, conversation.drawn(), gr.skip(), conversation]
        if earlier is not None:
            conversation.take_back(earlier)
        exchange = conversation.ask(asked)
        exchange.only = list(only)
        self._open[visitor, conversation.id] = conversation
        with ExitStack() as counted:
            refused = self._refused(access, page.language, counted)
            if refused is not None:
                exchange.text, exchange.state = refused, "failed"
            else:
                ended = counted.pop_all().close
                writing = self._write(exchange, conversation, page, visitor)
                self._underway.begin(exchange, writing, ended)
                if self._audit is not None:
                    self._audit.note(access, "ask", asked)
        await self._keep(visitor, conversation)
        box = gr.update(value="", submit_btn=not conversation.busy, stop_btn=conversation.busy)
        return [box, conversation.drawn(), self._listed(conversation), conversation]

    def _refused(self, access: Access, language: Language, counted: ExitStack) -> str | None:
        """Why no other question may be asked now; one that may, counts until `counted` closes."""
        if self._underway.full:
            return text("too_many_answers", language)
        if self._crowd is not None:
            try:
                counted.enter_context(self._crowd.question(access))
            except TooManyQuestions as error:
                return error_text(error, language)
        return None

    def _only(self, question: str) -> list[str]:
        """The documents that an example is about."""
        for example in examples(self._library, self._library.documents()):
            if example["question"] == question:
                return example["documents"]
        return []

    # -- answering ------------------------------------------------------------------------

    async def follow(self, conversation: Conversation) -> AsyncGenerator[dict[str, Any]]:
        """Show the answer that is being written, if one is, as it comes."""
        exchange = conversation.last
        if exchange is not None:
            async with aclosing(self._underway.follow(exchange)) as changes:
                async for _ in changes:
                    yield conversation.drawn()
        yield conversation.drawn()  # it may have come to its end before anybody looked

    async def settle(self, conversation: Conversation) -> Updates:
        """After an answer: the box takes a question again."""
        return self._shown(conversation)

    async def finish(self, seconds: float = SECONDS_TO_FINISH) -> None:
        """Give the answers under way that long, and keep them as far as they have come."""
        await self._underway.finish(seconds)

    async def stop(self, told: object, conversation: Conversation, request: gr.Request) -> Updates:
        """End the answer that is being written; what is written of it stays."""
        exchange = conversation.last
        if exchange is not None and conversation.busy:
            await self._underway.stop(exchange)
            _stop_if_open(exchange, read_request(told).language)  # it may not have begun
            await self._keep(_visitor(request), conversation, exchange)
        return self._shown(conversation)

    async def _write(
        self, exchange: Exchange, conversation: Conversation, page: PageRequest, visitor: str
    ) -> None:
        """Write the answer into the exchange, and keep it on the way and at its end."""
        exchange.state = "working"
        kept = time.monotonic()
        try:
            written = self._written(exchange, conversation, page, visitor)
            async with aclosing(written) as updates:
                async for _ in updates:
                    if exchange.text and time.monotonic() - kept > _SECONDS_BETWEEN_KEEPING:
                        kept = time.monotonic()
                        await self._keep(visitor, conversation, exchange)
        except SanadError as error:
            exchange.text, exchange.state = error_text(error, page.language), "failed"
        except Exception:  # noqa: BLE001 - of whatever kind: the person must not wait for ever
            _log.exception("An answer failed")
            exchange.text, exchange.state = text("failed", page.language), "failed"
        finally:
            _stop_if_open(exchange, page.language)
            await self._keep(visitor, conversation, exchange)

    async def _keep(
        self, visitor: str, conversation: Conversation, only: Exchange | None = None
    ) -> None:
        try:
            await in_thread(partial(self._chats.save, visitor, conversation, only))
        except SanadError:  # what was said is on the page all the same
            _log.exception("A conversation could not be kept")

    async def _written(
        self, exchange: Exchange, conversation: Conversation, page: PageRequest, visitor: str
    ) -> AsyncGenerator[None]:
        """Lets the exchange grow; yields whenever it has."""
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
                yield

    def _suggested_after(self, answer: Answer, conversation: Conversation) -> list[str]:
        asked = {exchange.question for exchange in conversation.exchanges}
        return follow_ups(self._library, answer, asked)

    # -- conversations --------------------------------------------------------------------

    def enter(self, told: object, conversation: Conversation, request: gr.Request) -> Updates:
        """The conversation that the page had open before it was loaded again, or a new one.

        A question may have been asked before this event has come through: then that stands.
        """
        page = read_request(told)
        self._join(conversation, page.chat, _visitor(request), page.language)
        return self._shown(conversation)

    def open(self, told: object, event: gr.EventData, request: gr.Request) -> Updates:
        """A kept conversation, or a new one."""
        wanted = event._data.get("open") if isinstance(event._data, dict) else None
        conversation = Conversation()
        self._join(conversation, wanted, _visitor(request), read_request(told).language)
        return self._shown(conversation)

    def _join(
        self, conversation: Conversation, wanted: object, visitor: str, language: Language
    ) -> None:
        """Let a conversation in which nothing was asked yet become the kept one of that id.

        Such a one comes with a page that is new, or from before the server was started again.
        """
        if not isinstance(wanted, str) or not wanted:
            return
        with self._joining:
            if conversation.id:
                return
            try:
                kept = self._chats.load(visitor, wanted)
            except SanadError:
                _log.exception("A conversation could not be opened")
                return
            if kept is None:
                return
            shared = self._open.get((visitor, wanted))
            if shared is None:  # its answer ended with the process that was writing it
                for exchange in kept.exchanges:
                    _stop_if_open(exchange, language)
            else:  # ratings and names are given to what is kept
                ratings = {exchange.id: exchange.rating for exchange in kept.exchanges}
                for exchange in shared.exchanges:
                    exchange.rating = ratings.get(exchange.id, exchange.rating)
                shared.name = kept.name
            conversation.take_over(shared or kept)
            self._open[visitor, wanted] = conversation

    def _shown(self, conversation: Conversation) -> Updates:
        box = gr.update(submit_btn=not conversation.busy, stop_btn=conversation.busy)
        return [box, conversation.drawn(), self._listed(conversation), conversation]

    def _listed(self, conversation: Conversation) -> dict[str, Any]:
        """Tells the list of conversations to look again."""
        return {"open": conversation.id, "changed": time.time_ns()}


def _stop_if_open(exchange: Exchange, language: Language) -> None:
    if exchange.state in UNFINISHED:
        exchange.state = "stopped"
        exchange.text = f"{exchange.text} {text('stopped', language)}".strip()


def _access(request: gr.Request) -> Access:
    return NOBODY if request.request is None else access_in(request.request.scope)


def _visitor(request: gr.Request) -> str:
    return owner_of(request.request) if request.request is not None else ""
