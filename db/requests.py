"""Requests: one commit stores a request and its event."""

from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from db.clock import database_now
from db.events import NewEvent, StoredEvent, insert_event, load_event
from db.inserting import insert_once, the_one
from db.tables import EventRow, RequestRow
from domain.event import Origin


@dataclass(frozen=True, slots=True)
class NewRequest:
    """An authenticated request, and the event's names from its storefront.

    `body` holds the kept part, and `body_bytes` the size of the whole body.
    """

    request_id: UUID
    source: str
    kind: str
    order_id: str | None
    product_id: str | None
    received_at: datetime
    sender: str | None
    content_type: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    body_bytes: int
    matched_secret: int
    secret_label: str | None = None
    event_key: str | None = None


@dataclass(frozen=True, slots=True)
class KeptRequest:
    """A stored request. Its body is not whole if the API cut it at the limit."""

    request_id: UUID
    sender: str | None
    content_type: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    body_bytes: int
    matched_secret: int
    secret_label: str | None
    dropped_at: datetime | None = None

    @property
    def is_whole(self) -> bool:
        return self.body_bytes <= len(self.body)


def store_request(session: Session, new: NewRequest) -> int:
    """Return the event's id. Requests with the same id or the same event key share one event."""
    with session.begin_nested() as attempt:
        event_id = insert_event(session, _event_of(new))
        if event_id is None:
            return _event_with_key(session, new)
        if _insert(session, event_id, new) is not None:
            return event_id
        # Another process stored the request at the same moment, so drop this second event.
        attempt.rollback()
    return the_one(session, RequestRow, request_id=new.request_id).event_id


def load_request(session: Session, event_id: int) -> KeptRequest:
    row = the_one(session, RequestRow, event_id=event_id)
    values = {each.name: getattr(row, each.name) for each in fields(KeptRequest)}
    return KeptRequest(**values | {"headers": tuple((name, value) for name, value in row.headers)})


def load_received(session: Session, event_id: int) -> tuple[StoredEvent, KeptRequest]:
    return load_event(session, event_id), load_request(session, event_id)


def load_received_now(session: Session, event_id: int) -> tuple[StoredEvent, KeptRequest, datetime]:
    """Return event and request, and the time on the database's clock."""
    return *load_received(session, event_id), database_now(session)


def _event_of(new: NewRequest) -> NewEvent:
    return NewEvent(
        source=new.source,
        origin=Origin.WEBHOOK,
        kind=new.kind,
        order_id=new.order_id,
        product_id=new.product_id,
        event_key=new.event_key,
        received_at=new.received_at,
    )


def _event_with_key(session: Session, new: NewRequest) -> int:
    return the_one(session, EventRow, source=new.source, event_key=new.event_key).id


def _insert(session: Session, event_id: int, new: NewRequest) -> int | None:
    return insert_once(
        session,
        RequestRow,
        event_id=event_id,
        request_id=new.request_id,
        sender=new.sender,
        content_type=new.content_type,
        headers=[list(header) for header in new.headers],
        body=new.body,
        body_bytes=new.body_bytes,
        matched_secret=new.matched_secret,
        secret_label=new.secret_label,
    )
