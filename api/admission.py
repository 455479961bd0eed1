"""Counts open connections, and closes idle ones when a limit is reached."""

import logging
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Protocol

from api.bounds import Bounds

logger = logging.getLogger(__name__)

NETWORK_BITS = 64
"""An IPv6 customer gets at least a /64, so all addresses of a /64 count as one peer."""


class Guest(Protocol):
    """A connection, as seen by the limits."""

    def is_idle(self) -> bool:
        """Return true if closing loses nothing, because no sender waits for an answer."""

    def is_sending(self) -> bool:
        """Return true if the sender is known and the request is incomplete."""

    def end(self) -> None: ...


class Admission:
    """Enforces the limits on connections.

    When a limit is reached, closes the connection idle longest; without an idle one, the one
    sending longest; otherwise refuses the new connection. A genuine sender is done within
    milliseconds.
    """

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self.peers: dict[Guest, str] = {}
        self.guests: dict[str, dict[Guest, None]] = {}

    def admit(self, guest: Guest, address: str | None) -> bool:
        peer = peer_of(address)
        if not self._has_room(peer):
            logger.warning("too many requests in progress: a new connection was refused")
            guest.end()
            return False
        self.peers[guest] = peer
        self.guests.setdefault(peer, {})[guest] = None
        return True

    def touch(self, guest: Guest) -> None:
        """Mark the connection as most recently used. Only a known sender may do so."""
        if guest in self.peers:
            peer = self.peers.pop(guest)
            self.peers[guest] = peer
            del self.guests[peer][guest]
            self.guests[peer][guest] = None

    def leave(self, guest: Guest) -> None:
        if guest not in self.peers:
            return
        peer = self.peers.pop(guest)
        del self.guests[peer][guest]
        if not self.guests[peer]:
            del self.guests[peer]

    def _has_room(self, peer: str) -> bool:
        mates = self.guests.get(peer, {})
        if len(mates) >= self.bounds.per_peer:
            return self._make_room(mates)
        if len(self.peers) >= self.bounds.in_all:
            return self._make_room(self.peers)
        return True

    def _make_room(self, among: Iterable[Guest]) -> bool:
        idle = next((guest for guest in among if guest.is_idle()), None)
        if idle is not None:
            logger.warning("too many connections: those idle longest were closed")
            return self._end(idle)
        slow = next((guest for guest in among if guest.is_sending()), None)
        if slow is not None:
            logger.warning("too many requests in progress: those that send longest were closed")
            return self._end(slow)
        return False

    def _end(self, guest: Guest) -> bool:
        self.leave(guest)
        guest.end()
        return True


def peer_of(address: str | None) -> str:
    """Return the key for counting connections; "" for a Unix socket, which has no address."""
    try:
        ip: IPv4Address | IPv6Address = ip_address(address or "")
    except ValueError:
        return ""
    if isinstance(ip, IPv4Address):
        return str(ip)
    if ip.ipv4_mapped is not None:
        return str(ip.ipv4_mapped)
    return str(IPv6Network((int(ip), NETWORK_BITS), strict=False))
