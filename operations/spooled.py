"""Find the requests of an order that wait in the spool."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from db.requests import NewRequest
from relay.spool import SET_ASIDE, WAITING, Spool, UnreadableError

Warn = Callable[[str], None]
"""Take a sentence about a place that we could not read."""


@dataclass(frozen=True, slots=True)
class SpooledLine:
    """A request that was answered and is in no database yet.

    `set_aside`: the database refused the request, so a person has to act.
    """

    request_id: UUID
    kind: str
    received_at: datetime
    set_aside: bool
    file: str


def spooled_requests(spool: Spool, source: str, order_id: str, warn: Warn) -> list[SpooledLine]:
    """Return the order's requests in order of arrival.

    A spool that we may not read is a warning, because the database may know the order.
    """
    try:
        return [
            SpooledLine(new.request_id, new.kind, new.received_at, aside, str(file))
            for aside in (False, True)
            for file, new in _requests(spool, SET_ASIDE if aside else WAITING)
            if (new.source, new.order_id) == (source, order_id)
        ]
    except OSError as error:
        warn(f"the spool cannot be looked into ({error.strerror})")
        return []


def _requests(spool: Spool, suffix: str) -> Iterator[tuple[Path, NewRequest]]:
    for file in spool.files(suffix):
        try:
            yield file, spool.read(file)
        except (UnreadableError, FileNotFoundError):
            # The API reports unreadable files. A missing file is in the database by now.
            continue
