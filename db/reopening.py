"""Reopens the events of orders that a taken-back payment kept from a license."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.orm import Session

from db.events import load_event, lock_order
from db.locks import lock_subscriptions
from db.minting import refusal_of_sale
from db.sales import sale_of
from db.tables import EventRow, FactRow, LicenseRow, SaleRow
from db.updating import count_updated
from domain.event import ORDER_KINDS, REFUSALS, EventKind, NotedReason, Outcome, ignored, noted
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


def refuse_order(session: Session, event_id: int, outcome: str, now: datetime) -> bool:
    """Settle the event of a refused order; False if the facts refuse it no more.

    A fact may arrive between the mint and the close. One of two must see the other: the event that
    brings the fact reopens a settled row, and this close leaves an open one to another mint.
    """
    event = load_event(session, event_id)
    if event.order_id is None:
        return True
    lock_order(session, event.source, event.order_id)
    order = {"source": event.source, "order_id": event.order_id, "minted_at": None}
    sales = [sale_of(row) for row in session.scalars(select(SaleRow).filter_by(**order))]
    subscriptions = [each.subscription_id for each in sales if each.subscription_id is not None]
    lock_subscriptions(session, event.source, subscriptions)
    if any(refusal_of_sale(session, sale, now) is None for sale in sales):
        return False
    settled = update(EventRow).where(EventRow.id == event_id, EventRow.outcome.is_(None))
    session.execute(settled.values(outcome=outcome, error=None, closed_at=now))
    return True


def reopen_overdue(session: Session, before: datetime) -> int:
    """Let the relay apply facts whose moment is over; return the number of reopened events.

    Temporal may lose the timer that a run waits for, as after a restore from a backup.
    """
    overdue = select(LicenseRow.source, LicenseRow.subscription_id).where(
        LicenseRow.changes_at < before, LicenseRow.subscription_id.is_not(None)
    )
    count = 0
    for source, subscription_id in session.execute(overdue).all():
        about = select(FactRow.event_id).filter_by(source=source, subscription_id=subscription_id)
        waits = update(EventRow).where(
            EventRow.id.in_(about.where(FactRow.at < before)),
            EventRow.outcome.in_([noted(NotedReason.EFFECTIVE_LATER), Outcome.APPLIED]),
        )
        count += count_updated(session, waits.values(REOPENED))
    return count


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
