"""The history of an order's licenses, and their further keys, as `mintpost show` tells them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from db.lives import PLAIN, Plain, from_plain
from db.tables import ChangeRow, FactRow, FurtherKeyRow, LicenseRow
from db.views.lists import line_of
from domain.changes import describe
from domain.facts import Payment


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """A change of a license. `event_id` None: a moment came that an earlier event had named."""

    at: datetime
    license_id: int
    event_id: int | None
    before: Plain | None
    after: Plain
    sentence: str


@dataclass(frozen=True, slots=True)
class KeyLine:
    """A further key of a license, as it was given."""

    license_id: int
    key: str
    event_id: int | None
    created_at: datetime


def list_changes(session: Session, source: str, order_id: str) -> list[ChangeLine]:
    """Return the changes of the order's licenses, newest first."""
    query = select(ChangeRow).join(LicenseRow, LicenseRow.id == ChangeRow.license_id)
    rows = session.scalars(query.where(_of_order(source, order_id)).order_by(ChangeRow.id.desc()))
    return [
        line_of(
            ChangeLine,
            row,
            before=None if row.before is None else PLAIN.validate_python(row.before),
            sentence=_sentence(row),
        )
        for row in rows
    ]


def list_further_keys(session: Session, source: str, order_id: str) -> list[KeyLine]:
    """Return the further keys of the order's licenses, newest first."""
    query = select(FurtherKeyRow).join(LicenseRow, LicenseRow.id == FurtherKeyRow.license_id)
    order = query.where(_of_order(source, order_id)).order_by(FurtherKeyRow.id.desc())
    return [line_of(KeyLine, row) for row in session.scalars(order)]


def events_about(session: Session, source: str, order_id: str) -> set[int]:
    """Return the events that tell of the order, or changed its licenses, under any name.

    A cancellation may name only the subscription, and an act of the seller is an event of another
    source.
    """
    memberships = select(LicenseRow.subscription_id).where(_of_order(source, order_id))
    told = select(FactRow.event_id).where(
        FactRow.source == source,
        FactRow.kind != Payment.kind,
        or_(FactRow.order_id == order_id, FactRow.subscription_id.in_(memberships)),
    )
    changed = (
        select(ChangeRow.event_id)
        .join(LicenseRow, LicenseRow.id == ChangeRow.license_id)
        .where(_of_order(source, order_id), ChangeRow.event_id.is_not(None))
    )
    found = (*session.scalars(told), *session.scalars(changed))
    return {event_id for event_id in found if event_id is not None}


def _sentence(row: ChangeRow) -> str:
    before = None if row.before is None else from_plain(row.before)
    cause = "when its time came" if row.event_id is None else f"by event {row.event_id}"
    return f"{describe(before, from_plain(row.after))}, {cause}"


def _of_order(source: str, order_id: str) -> ColumnElement[bool]:
    return and_(LicenseRow.source == source, LicenseRow.order_id == order_id)
