"""The small Postmark, which `mintpost torture` keeps."""

from commands.torture.fake_postmark import Accepted, FakePostmark
from commands.torture.reactions import (
    ACCEPT,
    ACCEPT_AND_DROP,
    ACCEPT_AND_HANG,
    ACCEPT_AND_RESET,
    DROP,
    HANG,
    Reaction,
    Reply,
    Request,
    refuse,
)

__all__ = [
    "ACCEPT",
    "ACCEPT_AND_DROP",
    "ACCEPT_AND_HANG",
    "ACCEPT_AND_RESET",
    "DROP",
    "HANG",
    "Accepted",
    "FakePostmark",
    "Reaction",
    "Reply",
    "Request",
    "refuse",
]
