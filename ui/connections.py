"""Connections as the web server takes them: so many, so long idle, heads so large and so slow.

What comes over them is bounded by `ui.limits`, which a connection that says nothing never meets.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from ui.crowd import is_this_machine, network_of


@dataclass(frozen=True, slots=True)
class ConnectionBounds:
    """What is taken from the network; this machine's own connections are not counted.

    `head_bytes` of a request's first line and headers, which may take `head_seconds` from the
    moment that the connection is there; `idle_seconds` between two requests. `per_address`
    connections of one address (of one network of 64 bits for IPv6), and `total`.
    """

    head_bytes: int = 16_384
    head_seconds: float = 15.0
    idle_seconds: int = 5
    per_address: int = 100
    total: int = 500


def connection_options(bounds: ConnectionBounds) -> dict[str, Any]:
    """Those bounds as arguments of `uvicorn.Config`; websockets are off, as nothing uses them."""
    return {
        "http": bounded_protocol(bounds),
        "ws": "none",
        "h11_max_incomplete_event_size": bounds.head_bytes,
        "timeout_keep_alive": bounds.idle_seconds,
    }


def bounded_protocol(bounds: ConnectionBounds) -> type[H11Protocol]:
    """A class for uvicorn's `http=`: HTTP/1.1 over connections that stay within those bounds."""
    open_: Counter[str] = Counter()

    class Bounded(H11Protocol):
        _network: str | None = None
        _admitted = True
        _waiting: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            peer: Any = transport.get_extra_info("peername")
            address = str(peer[0]) if isinstance(peer, tuple) and peer else ""
            if address and not is_this_machine(address):
                self._network = network_of(address)
                full = open_.total() >= bounds.total
                if full or open_[self._network] >= bounds.per_address:
                    self._admitted, self._network = False, None
                    transport.abort()
                    return
                open_[self._network] += 1
            super().connection_made(transport)
            self._await_head()

        def connection_lost(self, exc: Exception | None) -> None:
            self._head_is_there()
            if self._network is not None:
                open_[self._network] -= 1
                if not open_[self._network]:
                    del open_[self._network]
                self._network = None
            if self._admitted:
                super().connection_lost(exc)

        def data_received(self, data: bytes) -> None:
            if not self._admitted:
                return
            super().data_received(data)
            # Answered before its end, a request has as long for its rest as for another head.
            if self.conn.their_state is h11.IDLE or self.conn.our_state is h11.DONE:
                self._await_head()
            else:
                self._head_is_there()

        def _await_head(self) -> None:
            if self._waiting is None:
                self._waiting = self.loop.call_later(
                    bounds.head_seconds, self.timeout_keep_alive_handler
                )

        def _head_is_there(self) -> None:
            if self._waiting is not None:
                self._waiting.cancel()
                self._waiting = None

    return Bounded
