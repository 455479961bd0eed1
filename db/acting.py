"""Acts of the seller: events of their own, each committed together with its one fact."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db.events import note_event
from db.facts import keep_facts
from db.inserting import insert_once
from db.tables import EventRow
from domain.event import OPERATOR, EventKind, Origin
from domain.facts import Act
from domain.grants import Grant


@dataclass(frozen=True, slots=True)
class NewAct:
    """An act on a license of `source`. `event_key` names a repeated act; None: it is new."""

    source: str
    fact: Act | Grant
    event_key: str | None = None

    @property
    def kind(self) -> EventKind:
        return self.fact.act if isinstance(self.fact, Act) else EventKind.GRANT

    @property
    def grant(self) -> Grant:
        assert isinstance(self.fact, Grant)  # noqa: S101 - only a grant is asked for
        return self.fact


def record_act(session: Session, new: NewAct, now: datetime) -> int | None:
    """Return the new event's id; None if an act with the same key exists.

    The relay starts a workflow for the event as for any open event.
    """
    event_id = insert_once(session, EventRow, **act_values(new, now))
    if event_id is not None:
        keep_facts(session, event_id, new.source, (new.fact,))
    return event_id


def act_values(new: NewAct, now: datetime) -> dict[str, Any]:
    """Return the columns of a new act's event."""
    return {
        "source": OPERATOR,
        "origin": Origin.OPERATOR,
        "kind": new.kind,
        "order_id": new.fact.order_id,
        "product_id": new.fact.product.product_id if isinstance(new.fact, Grant) else None,
        "event_key": new.event_key or str(uuid4()),
        "received_at": now,
    }


def close_act(
    session: Session, event_id: int, outcome: str, note: str | None, now: datetime
) -> None:
    """Settle an act that owes no mail, in its own transaction, so that it needs no workflow."""
    settled = {"outcome": outcome, "closed_at": now}
    session.execute(update(EventRow).where(EventRow.id == event_id).values(**settled))
    note_event(session, event_id, note)


def act_of_key(session: Session, event_key: str) -> int | None:
    """Return the event of an earlier act with this key."""
    same = select(EventRow.id).where(EventRow.source == OPERATOR, EventRow.event_key == event_key)
    return session.scalar(same)
