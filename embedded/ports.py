"""Finds free ports on the loopback, and checks that requested ports are free."""

import socket
import ssl
from collections.abc import Mapping
from contextlib import ExitStack
from itertools import islice
from random import SystemRandom

from kit.refusals import RefusedError

HOST = "127.0.0.1"

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For HTTP clients on the loopback. Loading certificate authorities takes 40 ms, so we load none.
"""

PORTS_RARELY_TAKEN = range(20_000, 32_768)
"""Linux uses higher ports for outgoing connections. An outgoing connection could take such a port
before our server does, or while our server restarts."""


class PortTakenError(RefusedError):
    """Some ports are taken. The sentence names the ports and the flags that choose others."""


def require_free(wanted: Mapping[str, int]) -> None:
    """Raise PortTakenError unless every port is free. Each key is the flag that sets the port."""
    with ExitStack() as opened:
        # Keep every probe open until the last one, so that the same port given twice is noticed.
        taken = [
            f"port {port} is taken: choose another with {flag}"
            for flag, port in wanted.items()
            if not _listens(opened.enter_context(socket.socket()), port)
        ]
    if taken:
        raise PortTakenError("\n".join(taken))


def free_ports(count: int) -> list[int]:
    """Return different ports, all free."""
    candidates = SystemRandom().sample(PORTS_RARELY_TAKEN, len(PORTS_RARELY_TAKEN))
    return list(islice(filter(_is_free, candidates), count))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return _listens(probe, port)


def _listens(probe: socket.socket, port: int) -> bool:
    # Servers set SO_REUSEADDR too: a port in TIME_WAIT then counts as free.
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        probe.bind((HOST, port))
        probe.listen()
    except OSError:
        return False
    return True
