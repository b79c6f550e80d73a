"""A question asked within a kept conversation, whose turns are its history and which it joins."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial

import anyio

from index import Library, SanadError
from rag import Answer, Piece, Turn
from ui.chats import ChatStore
from ui.conversation import Conversation, Exchange, finish
from ui.http.bodies import NEW
from ui.http.errors import Problem, Refused
from ui.strings import text
from ui.threads import in_thread

_log = logging.getLogger(__name__)


class Keeping:
    """An exchange on its way into a conversation. Begin with `Keeping.begin`."""

    def __init__(
        self,
        chats: ChatStore,
        library: Library,
        whose: str,
        conversation: Conversation,
        exchange: Exchange,
    ) -> None:
        self._chats = chats
        self._library = library
        self._whose = whose
        self.conversation = conversation
        self.exchange = exchange
        self.is_kept = True

    @classmethod
    def begin(
        cls, chats: ChatStore, library: Library, whose: str, chat_id: str, question: str
    ) -> Keeping:
        """Keep the question in that conversation of theirs, or in a new one."""
        conversation = Conversation() if chat_id == NEW else chats.load(whose, chat_id)
        if conversation is None:
            raise conversation_missing()
        exchange = conversation.ask(question)
        exchange.state = "working"
        keeping = cls(chats, library, whose, conversation, exchange)
        keeping._keep()
        return keeping

    @property
    def history(self) -> list[Turn]:
        """The turns before the question."""
        return self.conversation.history()

    async def kept(self, pieces: AsyncGenerator[Piece]) -> AsyncGenerator[Piece]:
        """The pieces of the answer; it is kept before the last one is handed on.

        What was written of an answer that fails, or that nobody waits for any more, is kept too.
        """
        exchange = self.exchange
        try:
            async with aclosing(pieces):
                async for piece in pieces:
                    exchange.text += piece.text
                    if piece.answer is not None:
                        with anyio.CancelScope(shield=True):  # kept whole, or as it was cut off
                            await in_thread(partial(self._finish, piece.answer))
                    yield piece
        except Exception as error:
            exchange.state = "failed"
            exchange.text = str(error) if isinstance(error, SanadError) else text("failed", "en")
            raise
        finally:
            if exchange.state == "working":
                exchange.state = "stopped"
                exchange.text = f"{exchange.text} {text('stopped', 'en')}".strip()
            if exchange.state in ("stopped", "failed"):
                with anyio.CancelScope(shield=True):
                    await in_thread(self._keep)

    def _finish(self, answer: Answer) -> None:
        shown = {hit.document for hit in answer.hits} | {c.document for c in answer.citations}
        records = self._library.documents_where("name", shown)
        warnings = {record.name: record.warnings for record in records}
        finish(self.exchange, answer, warnings)
        self._keep()

    def _keep(self) -> None:
        try:
            self.is_kept = self._chats.save(self._whose, self.conversation, self.exchange)
        except SanadError:  # the answer is worth having all the same
            self.is_kept = False
            _log.exception("A conversation could not be kept")


def conversation_missing() -> Refused:
    """What is said of a conversation that is not there, or is somebody else's."""
    message = "You have no conversation of that id."
    return Refused(
        Problem(404, "conversation_missing", message, "GET /api/v1/conversations lists yours.")
    )
