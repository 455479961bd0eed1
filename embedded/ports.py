"""Ports on loopback: free ones, and whether the wanted ones are."""

import socket
import ssl
from collections.abc import Mapping
from contextlib import ExitStack
from itertools import islice
from random import SystemRandom

from kit.refusals import RefusedError

HOST = "127.0.0.1"

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For HTTP clients of the loopback: it knows no authority, whose loading takes 40 ms each time."""

PORTS_RARELY_TAKEN = range(20_000, 32_768)
"""Below what Linux gives to outgoing connections: one of these could take a port before its
server does, or while that is started again."""


class PortTakenError(RefusedError):
    """Says which ports are taken and which flags choose others."""


def require_free(wanted: Mapping[str, int]) -> None:
    """Raise PortTakenError unless every port, by the flag that sets it, can be listened on."""
    with ExitStack() as opened:
        # All are held until the last is probed, so that one port given twice is found out.
        taken = [
            f"port {port} is taken: choose another with {flag}"
            for flag, port in wanted.items()
            if not _listens(opened.enter_context(socket.socket()), port)
        ]
    if taken:
        raise PortTakenError("\n".join(taken))


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on, all different."""
    candidates = SystemRandom().sample(PORTS_RARELY_TAKEN, len(PORTS_RARELY_TAKEN))
    return list(islice(filter(_is_free, candidates), count))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return _listens(probe, port)


def _listens(probe: socket.socket, port: int) -> bool:
    # As servers do it: a port in TIME_WAIT can be listened on.
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        probe.bind((HOST, port))
        probe.listen()
    except OSError:
        return False
    return True
