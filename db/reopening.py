"""Reopens events that may end otherwise by now, and settles the orders that get no license."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from db.events import load_event, lock_order
from db.licenses import has_license
from db.locks import lock_subscriptions
from db.minting import UNDECIDED, refusal_of_sale
from db.orders import close_row
from db.pairing import is_of_subscription
from db.sales import sale_of
from db.tables import EventRow, FactRow, LicenseRow, SaleRow
from db.unminted import REOPENED, reopen_unminted
from db.updating import count_updated
from domain.decisions import Decision
from domain.event import NOTED, ORDER_KINDS, EventKind, IgnoredReason, Outcome, ignored
from domain.facts import Act, Dispute, Fact, Refund, SubscriptionState
from domain.sale import Sale

RUNS_AGAIN = "its sale runs again, because nothing stands against its license any more"


def reopen_refused(session: Session, source: str, order_ids: Collection[str]) -> tuple[str, ...]:
    """Let the relay run the refused orders again. Return notes.

    The mint decides again, so that a reopened order may be refused once more.
    """
    return (RUNS_AGAIN,) if reopen_unminted(session, source, order_ids) else ()


def let_first_payment_run(session: Session, charge: Sale) -> int:
    """Let a refused first payment of a charge's subscription run again, because the charge counts.

    Return the number of reopened events.
    """
    if charge.subscription_id is None:
        return 0
    lock_subscriptions(session, charge.source, [charge.subscription_id])
    first = select(SaleRow.order_id).where(
        is_of_subscription(charge), SaleRow.charge.is_not(True), SaleRow.minted_at.is_(None)
    )
    return reopen_unminted(session, charge.source, set(session.scalars(first)))


def refuse_order(session: Session, event_id: int, outcome: str, now: datetime) -> int | None:
    """Settle the event of a refused order; None if the facts refuse it no more.

    A fact may arrive between the mint and the close. One of two must see the other: the event that
    brings the fact reopens a settled row, and this close leaves an open one to another mint. The
    same holds for another payment's license, which this payment belongs to.
    """
    event = load_event(session, event_id)
    terms = _terms_behind(outcome, now)
    sales = [] if event.order_id is None else _unminted(session, event.source, event.order_id)
    if any(_may_be_minted(session, sale, now, terms) for sale in sales):
        return None
    return close_row(session, event_id, outcome, now)


def leave_waiting(session: Session, event_id: int, outcome: str, now: datetime) -> int | None:
    """Settle an event that waits for its sale; None if a charge of it has a license to count for.

    The sale may be minted between the charge's mint and this close, as in `refuse_order`.
    """
    event = load_event(session, event_id)
    is_order = event.order_id is not None and event.kind in ORDER_KINDS
    sales = _unminted(session, event.source, event.order_id or "") if is_order else []
    if any(each.charge and has_license(session, each) for each in sales):
        return None
    return close_row(session, event_id, outcome, now)


def _terms_behind(outcome: str, now: datetime) -> Decision:
    """Return terms that agree with the mint, which knew by the mapping that the time is over."""
    is_over = outcome == ignored(IgnoredReason.ENDED)
    return replace(UNDECIDED, ends_at=now - timedelta(days=1)) if is_over else UNDECIDED


def _unminted(session: Session, source: str, order_id: str) -> list[Sale]:
    """Return the sales of the order, locked with their subscriptions, that have no license."""
    lock_order(session, source, order_id)
    order = {"source": source, "order_id": order_id, "minted_at": None}
    sales = [sale_of(row) for row in session.scalars(select(SaleRow).filter_by(**order))]
    subscriptions = [each.subscription_id for each in sales if each.subscription_id is not None]
    lock_subscriptions(session, source, subscriptions)
    return sales


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


def _may_be_minted(session: Session, sale: Sale, now: datetime, terms: Decision) -> bool:
    return has_license(session, sale) or refusal_of_sale(session, sale, now, terms) is None


def undoes(fact: Fact) -> bool:
    """Tell whether the fact may undo the refusal of an order."""
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
