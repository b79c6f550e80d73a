"""Makes a process that talks to anybody but itself fail, and remember that it tried."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from typing import Any

LOCAL_NAMES = frozenset({"localhost", "ip6-localhost", ""})


class ForeignConnection(AssertionError):
    """Something tried to reach another machine."""


def forbid_foreign_connections(remember: Callable[[str], None]) -> None:
    """From now on connecting, sending or looking up a name of another machine raises.

    `remember` is told what was tried, for code that swallows the error.
    """
    connect, connect_ex, sendto = (
        socket.socket.connect,
        socket.socket.connect_ex,
        socket.socket.sendto,
    )
    getaddrinfo = socket.getaddrinfo

    def check(host: object) -> None:
        name = host.decode() if isinstance(host, bytes) else str(host or "")
        if _is_local(name):
            return
        remember(name)
        raise ForeignConnection(f"a connection to {name} was tried; everything is to stay local")

    def check_address(self: socket.socket, address: tuple[object, ...]) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            check(address[0])

    def guarded_connect(self: socket.socket, address: tuple[object, ...]) -> None:
        check_address(self, address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: tuple[object, ...]) -> int:
        check_address(self, address)
        return connect_ex(self, address)

    def guarded_sendto(self: socket.socket, *arguments: Any) -> int:  # noqa: ANN401 - as it is
        check_address(self, arguments[-1])
        return sendto(self, *arguments)

    def guarded_getaddrinfo(host: Any, *rest: Any, **named: Any) -> Any:  # noqa: ANN401
        check(host)
        return getaddrinfo(host, *rest, **named)

    socket.socket.connect = guarded_connect  # type: ignore[assignment,method-assign]
    socket.socket.connect_ex = guarded_connect_ex  # type: ignore[assignment,method-assign]
    socket.socket.sendto = guarded_sendto  # type: ignore[assignment,method-assign]
    socket.getaddrinfo = guarded_getaddrinfo


def _is_local(name: str) -> bool:
    if name.lower() in LOCAL_NAMES:
        return True
    try:
        address = ipaddress.ip_address(name.split("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
