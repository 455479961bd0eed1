"""Reopens the events of orders that a taken-back payment kept from a license."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, exists, or_, select, update
from sqlalchemy.orm import Session

from db.events import load_event, lock_order
from db.locks import lock_subscriptions
from db.minting import refusal_of_sale
from db.orders import close_row
from db.sales import sale_of
from db.tables import EventRow, FactRow, LicenseRow, SaleRow
from db.updating import count_updated
from domain.event import NOTED, ORDER_KINDS, REFUSALS, EventKind, Outcome, ignored
from domain.facts import Act, Dispute, Fact, Refund, SubscriptionState

RUNS_AGAIN = "its sale runs again, because nothing stands against its license any more"


def reopen_refused(
    session: Session, source: str, order_ids: Collection[str], facts: Iterable[Fact]
) -> tuple[str, ...]:
    """Let the relay run the refused orders again, if a fact may undo their refusal.

    The mint decides again, so that a reopened order may be refused once more. Return notes.
    """
    if not any(map(_undoes, facts)):
        return ()
    refused = update(EventRow).where(
        EventRow.source == source,
        EventRow.order_id.in_(order_ids),
        EventRow.kind.in_(ORDER_KINDS),
        EventRow.outcome.in_([ignored(why) for why in REFUSALS]),
        _waits_unminted(),
    )
    return (RUNS_AGAIN,) if count_updated(session, refused.values(REOPENED)) else ()


def refuse_order(session: Session, event_id: int, outcome: str, now: datetime) -> int | None:
    """Settle the event of a refused order; None if the facts refuse it no more.

    A fact may arrive between the mint and the close. One of two must see the other: the event that
    brings the fact reopens a settled row, and this close leaves an open one to another mint.
    """
    event = load_event(session, event_id)
    if event.order_id is not None and not _is_refused(session, event.source, event.order_id, now):
        return None
    return close_row(session, event_id, outcome, now)


def _is_refused(session: Session, source: str, order_id: str, now: datetime) -> bool:
    lock_order(session, source, order_id)
    order = {"source": source, "order_id": order_id, "minted_at": None}
    sales = [sale_of(row) for row in session.scalars(select(SaleRow).filter_by(**order))]
    subscriptions = [each.subscription_id for each in sales if each.subscription_id is not None]
    lock_subscriptions(session, source, subscriptions)
    return all(refusal_of_sale(session, sale, now) is not None for sale in sales)


def reopen_overdue(session: Session, before: datetime) -> int:
    """Let the relay apply facts whose moment is over; return the number of reopened events.

    Temporal may lose the timer that a run waits for, as after a restore from a backup.
    """
    overdue = select(LicenseRow).where(LicenseRow.changes_at < before)
    return sum(_reopen_due(session, row, before) for row in session.scalars(overdue).all())


def _reopen_due(session: Session, row: LicenseRow, before: datetime) -> int:
    """Reopen the events of the facts for which the license still waits."""
    about: ColumnElement[bool] = FactRow.order_id == row.order_id
    if row.subscription_id is not None:
        about = or_(about, FactRow.subscription_id == row.subscription_id)
    due = (FactRow.at >= row.changes_at) & (FactRow.at < before)
    facts = select(FactRow.event_id).where(FactRow.source == row.source, about, due)
    settled = or_(EventRow.outcome == Outcome.APPLIED, EventRow.outcome.startswith(NOTED))
    waits = EventRow.id.in_(facts) & settled
    return count_updated(session, update(EventRow).where(waits).values(REOPENED))


REOPENED = {"outcome": None, "closed_at": None, "dispatched_at": None, "error": None}


def _waits_unminted() -> ColumnElement[bool]:
    """Select events of an order that was saved as a sale and has minted no line."""
    line = (SaleRow.source == EventRow.source) & (SaleRow.order_id == EventRow.order_id)
    minted = exists().where(line, SaleRow.minted_at.is_not(None))
    return exists().where(line) & ~minted


def _undoes(fact: Fact) -> bool:
    match fact:
        case Refund():
            return fact.state != "made"
        case Dispute():
            return fact.state == "won"
        case SubscriptionState():
            return fact.ended is False or fact.renews is True or fact.paused is False
        case Act():
            return fact.act == EventKind.RESTORE
        case _:
            return False
