"""Timeouts of a connection, and limits on the number of connections."""

import resource
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

BACKLOG = 128
"""Length of the accept queue; asyncio also accepts that many connections in one turn."""

OWN_FILES = 64
"""Files kept free for the database, the spool, Temporal and logs."""

ALWAYS_FROM_ONE_PEER = 100
ANY_NUMBER = 1_000_000


@dataclass(frozen=True, slots=True)
class Bounds:
    """Timeouts for receiving a whole head, receiving a whole body, and sending the answer.

    `ending` is the time that a request in progress gets after SIGTERM. A reverse proxy is a single
    peer that carries all traffic, so one peer may have half of all connections.
    """

    head: timedelta = timedelta(seconds=10)
    body: timedelta = timedelta(seconds=30)
    answer: timedelta = timedelta(seconds=30)
    ending: timedelta = timedelta(seconds=10)
    in_all: int = 1000
    per_peer: int = 500

    def within(self, files: int) -> "Bounds":
        """Lower the limits for a process that may open only so many files."""
        left = max(files - OWN_FILES - BACKLOG, files // 2)
        in_all = min(self.in_all, left)
        half = max(ALWAYS_FROM_ONE_PEER, in_all // 2)
        return replace(self, in_all=in_all, per_peer=min(self.per_peer, half))


def raise_file_limit() -> int:
    """Raise the soft limit of open files to the hard limit; return the limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    # macOS refuses its own hard limit.
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        soft = hard
    return ANY_NUMBER if soft == resource.RLIM_INFINITY else soft
