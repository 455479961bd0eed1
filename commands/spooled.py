"""The requests of an order that wait in the spool, as `mintpost show` tells them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from commands.tables import SafeConsole
from db.requests import NewRequest
from relay.spool import SET_ASIDE, WAITING, Spool, UnreadableError


@dataclass(frozen=True, slots=True)
class SpooledLine:
    """A request that is answered and in no database yet; one set aside waits for a person."""

    request_id: UUID
    kind: str
    received_at: datetime
    set_aside: bool
    file: str


def spooled_requests(spool: Spool, source: str, order_id: str) -> list[SpooledLine]:
    """Return the order's requests in order of arrival. A spool that is closed to us is told."""
    try:
        return [
            SpooledLine(new.request_id, new.kind, new.received_at, aside, str(file))
            for aside in (False, True)
            for file, new in _requests(spool, SET_ASIDE if aside else WAITING)
            if (new.source, new.order_id) == (source, order_id)
        ]
    except OSError as error:
        words = f"the spool cannot be looked into ({error.strerror})"
        SafeConsole(stderr=True).print(words, highlight=False)
        return []


def _requests(spool: Spool, suffix: str) -> Iterator[tuple[Path, NewRequest]]:
    for file in spool.files(suffix):
        try:
            yield file, spool.read(file)
        except (UnreadableError, FileNotFoundError):
            # The API tells of what is unreadable; what is gone is in the database by now.
            continue
