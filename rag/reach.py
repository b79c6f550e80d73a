"""Which addresses no language model is asked at, whoever named them.

A server can be made to fetch what only it can reach. In a cloud that is the metadata service,
which hands out the machine's own keys; so its addresses are refused to everybody. Whoever names
an address on the page may not name a link-local, unspecified or multicast one either. This machine
and private networks stay open: language models run there.
"""

from __future__ import annotations

import ipaddress
import socket
from contextlib import suppress

from rag.errors import EndpointFault

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_METADATA = frozenset(
    map(
        ipaddress.ip_address,
        (
            "169.254.169.254",  # most clouds
            "169.254.170.2",  # containers at AWS
            "169.254.170.23",
            "fd00:ec2::23",
            "fd00:ec2::254",
            "fd20:ce::254",  # Google
            "100.100.100.200",  # Alibaba
            "168.63.129.16",  # Azure
            "192.0.0.192",  # Oracle
        ),
    )
)
_METADATA_NAMES = frozenset(
    {"metadata.google.internal", "metadata.goog", "instance-data.ec2.internal"}
)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_COMPATIBLE = ipaddress.ip_network("::/96")


def refuse(host: str, *, trusted: bool) -> None:
    """Raise EndpointFault ("forbidden") where that address or name is asked by nobody.

    `trusted` says that whoever runs the server named it. Names are not looked up here.
    """
    name = host.strip("[]").rstrip(".").lower()
    found = address_of(name)
    if name in _METADATA_NAMES or (found is not None and _is_forbidden(found, trusted)):
        raise EndpointFault("forbidden", "its address is one that no model is asked at")


def refuse_resolved(host: str, *, trusted: bool) -> None:
    """The same for every address that the name stands for at this moment."""
    refuse(host, trusted=trusted)
    if address_of(host) is None:
        with suppress(OSError, UnicodeError):  # who connects is told of it
            for *_, address in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM):
                refuse(str(address[0]), trusted=trusted)


def address_of(host: str) -> Address | None:
    """The address that is written so: also in decimal, octal or hex, or short; None for a name."""
    name = host.strip("[]").rstrip(".").lower()
    with suppress(OSError, UnicodeError):
        name = socket.inet_ntoa(socket.inet_aton(name))  # 127.1, 0x7f000001
    try:
        return _unwrapped(ipaddress.ip_address(name.partition("%")[0]))
    except ValueError:
        return None


def _unwrapped(address: Address) -> Address:
    """The IPv4 address that an IPv6 one carries, where it does."""
    if not isinstance(address, ipaddress.IPv6Address):
        return address
    inside = address.ipv4_mapped or address.sixtofour
    if inside is None and (address in _NAT64 or (address in _COMPATIBLE and int(address) > 1)):
        inside = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return inside or address


def _is_forbidden(address: Address, trusted: bool) -> bool:
    if address in _METADATA:
        return True
    closed = address.is_link_local or address.is_unspecified or address.is_multicast
    return closed and not trusted
