"""How much each person and each address asks of the server, and whether that is too much."""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ui.access import Access
from ui.errors import TooManyQuestions, TooManyRequests

_REMEMBERED = 10_000
_NEIGHBOURS = 64
"""Bits of an IPv6 network: whoever is given one has 2**64 addresses."""


@dataclass(frozen=True, slots=True)
class Share:
    """What one person, or one address, may ask of the server.

    `per_minute` requests on average, of which `burst` may come together; `at_once` requests and
    `questions` that are being answered.
    """

    per_minute: int
    burst: int
    at_once: int
    questions: int


@dataclass(slots=True)
class _Asker:
    """A person or an address: a bucket of `tokens` as it was at `seen`, and what is under way."""

    share: Share
    tokens: float
    seen: float
    requests: int = 0
    questions: int = 0

    def refill(self, now: float) -> None:
        gained = (now - self.seen) * self.share.per_minute / 60
        self.tokens, self.seen = min(self.share.burst, self.tokens + gained), now


class Crowd:
    """Everybody who asks, each with their share; for one event loop.

    An IPv6 address stands for its network (/64). Whoever sits at this machine and has no need
    of a login is not counted: the page and programs here never wait. `clock` tells seconds.
    Of so many addresses as may come, those are forgotten that have asked nothing for the longest.
    """

    def __init__(
        self, person: Share, address: Share, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._person, self._address, self._clock = person, address, clock
        self._askers: OrderedDict[tuple[str, str], _Asker] = OrderedDict()

    def __len__(self) -> int:
        return len(self._askers)

    @contextmanager
    def request(self, access: Access) -> Iterator[None]:
        """Count a request as long as it lasts; raises TooManyRequests."""
        askers = self._askers_of(access)
        for asker in askers:
            if asker.requests >= asker.share.at_once:
                raise TooManyRequests(seconds=1)
            if asker.tokens < 1:
                wait = (1 - asker.tokens) * 60 / asker.share.per_minute
                raise TooManyRequests(seconds=max(1, round(wait + 0.5)))
        for asker in askers:
            asker.tokens -= 1
            asker.requests += 1
        try:
            yield
        finally:
            for asker in askers:
                asker.requests -= 1

    @contextmanager
    def question(self, access: Access) -> Iterator[None]:
        """Count a question until it is answered; raises TooManyQuestions."""
        askers = self._askers_of(access)
        for asker in askers:
            if asker.questions >= asker.share.questions:
                raise TooManyQuestions(count=asker.share.questions)
        for asker in askers:
            asker.questions += 1
        try:
            yield
        finally:
            for asker in askers:
                asker.questions -= 1

    def _askers_of(self, access: Access) -> list[_Asker]:
        if access.person is None and is_this_machine(access.address):
            return []
        found = [self._asker("address", network_of(access.address), self._address)]
        if access.person is not None:
            found.insert(0, self._asker("person", access.person, self._person))
        return found

    def _asker(self, kind: str, name: str, share: Share) -> _Asker:
        now = self._clock()
        asker = self._askers.get((kind, name))
        if asker is None:
            asker = self._askers[kind, name] = _Asker(share, share.burst, now)
            self._forget()
        self._askers.move_to_end((kind, name))
        asker.refill(now)
        return asker

    def _forget(self) -> None:
        """Drop the oldest that has nothing under way, where there are too many."""
        if len(self._askers) <= _REMEMBERED:
            return
        for key, asker in self._askers.items():
            if not asker.requests and not asker.questions:
                del self._askers[key]
                return


def network_of(address: str) -> str:
    """What an address is counted as: itself, or for IPv6 its network."""
    found = _parsed(address)
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((int(found), _NEIGHBOURS), strict=False))
    return address if found is None else str(found)


def is_this_machine(address: str) -> bool:
    """Whether a request comes from the machine that the server runs on."""
    found = _parsed(address)
    return found is not None and found.is_loopback


def _parsed(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
