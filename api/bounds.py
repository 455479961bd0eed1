"""How long a connection is waited for, and how many there may be."""

import resource
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

BACKLOG = 128
"""How many connections may wait to be accepted, and how many asyncio accepts at once."""

OWN_FILES = 64
"""What database, spool, Temporal and logs may have open."""

ALWAYS_FROM_ONE_PEER = 100
ANY_NUMBER = 1_000_000


@dataclass(frozen=True, slots=True)
class Bounds:
    """`head` is for a whole head, `body` for a whole body, `answer` for taking what is answered.

    `ending` is what a request that is under way gets once the process is asked to end. A proxy is
    one peer with everybody's connections: one peer may have half of them.
    """

    head: timedelta = timedelta(seconds=10)
    body: timedelta = timedelta(seconds=30)
    answer: timedelta = timedelta(seconds=30)
    ending: timedelta = timedelta(seconds=10)
    in_all: int = 1000
    per_peer: int = 500

    def within(self, files: int) -> "Bounds":
        """Return the bounds that a process keeps which may have so many files open."""
        left = max(files - OWN_FILES - BACKLOG, files // 2)
        in_all = min(self.in_all, left)
        half = max(ALWAYS_FROM_ONE_PEER, in_all // 2)
        return replace(self, in_all=in_all, per_peer=min(self.per_peer, half))


def raise_file_limit() -> int:
    """Let this process open as many files as it is allowed to; return how many that is."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    # macOS allows fewer than the hard limit says.
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        soft = hard
    return ANY_NUMBER if soft == resource.RLIM_INFINITY else soft
