"""The stored requests of a database."""

from dataclasses import asdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.requests import NewRequest, load_received
from db.tables import EventRow

OF_EVENT = ("source", "kind", "order_id", "product_id", "received_at", "event_key")


def stored_requests(session: Session) -> list[NewRequest]:
    """Return all requests in order of their events' ids."""
    ids = session.scalars(select(EventRow.id).order_by(EventRow.id)).all()
    return [_as_it_came(session, event_id) for event_id in ids]


def _as_it_came(session: Session, event_id: int) -> NewRequest:
    event, request = load_received(session, event_id)
    came = {name: value for name, value in asdict(request).items() if name != "dropped_at"}
    return NewRequest(**came, **{name: getattr(event, name) for name in OF_EVENT})
