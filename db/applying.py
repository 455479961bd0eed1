"""Applies the facts of an event that is no sale to the licenses that they are about."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from db.events import lock_order, note_event
from db.facts import decide_facts, keep_facts
from db.history import told_changes
from db.linking import link_orders
from db.locks import lock_subscriptions
from db.reliving import Cause, locked_license, relive
from db.reopening import reopen_refused, undoes
from db.stories import orders_of
from db.tables import DeliveryRow, LicenseRow, SaleRow
from domain.decisions import Decision
from domain.delivery import Reason
from domain.event import ORDER_KINDS, NotedReason, Outcome, noted
from domain.facts import Act, Fact, Payment, Refund, SubscriptionLink, SubscriptionState


@dataclass(frozen=True, slots=True)
class NewFacts:
    """The facts of an event, and the mapping's decisions by the number of the fact.

    `source` is the storefront that the facts are about. An act has the source of its license.
    `may_mail` False: nobody is mailed, whatever the holder gains.
    """

    event_id: int
    kind: str
    source: str
    facts: tuple[Fact, ...]
    decisions: Mapping[int, Decision] = field(default_factory=dict)
    may_mail: bool = True


@dataclass(frozen=True, slots=True)
class About:
    """The orders and subscriptions that an event's facts name, in one storefront."""

    source: str
    order_ids: frozenset[str]
    subscription_ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class Applied:
    """The result of an event. `told` are clauses with no personal data.

    `again_at` is the moment at which a fact takes effect that has no effect yet.
    """

    outcome: str
    told: tuple[str, ...] = ()
    delivery_ids: tuple[int, ...] = ()
    again_at: datetime | None = None


def apply_event(
    session: Session, new: NewFacts, now: datetime, notes: Iterable[str] = ()
) -> Applied:
    """Keep an event's facts, and compute each license anew that they are about.

    A repetition is harmless, because the first reading and the first decision stand.
    """
    event_id, facts = new.event_id, new.facts
    about = _about(new)
    _lock(session, about)
    keep_facts(session, event_id, new.source, facts)
    decide_facts(session, event_id, new.decisions)
    link_orders(session, new.source, facts)
    sales = _sales(session, about)
    licenses = _licenses(session, about, sales)
    reopened: tuple[str, ...] = ()
    if any(map(undoes, facts)):
        reopened = reopen_refused(session, about.source, _orders(session, about, sales))
    cause = Cause(event_id, Reason.event(event_id), new.may_mail)
    for each in licenses:
        relive(session, locked_license(session, each), cause, now)
    applied = _applied(session, new, licenses, now, known=bool(sales))
    for note in (*applied.told, *notes, *reopened):
        note_event(session, event_id, note)
    return applied


def _about(new: NewFacts) -> About:
    named = [fact for fact in new.facts if not isinstance(fact, Payment)]
    orders = [fact.order_id for fact in named if not isinstance(fact, SubscriptionState)]
    linked = [fact for fact in named if isinstance(fact, SubscriptionState | SubscriptionLink)]
    subscriptions = [fact.subscription_id for fact in linked]
    return About(new.source, frozenset(orders), frozenset(subscriptions))


def _lock(session: Session, about: About) -> None:
    for order_id in sorted(about.order_ids):
        lock_order(session, about.source, order_id)
    named = select(SaleRow.subscription_id).where(
        SaleRow.source == about.source,
        SaleRow.order_id.in_(about.order_ids),
        SaleRow.subscription_id.is_not(None),
    )
    of_orders = {each for each in session.scalars(named) if each is not None}
    lock_subscriptions(session, about.source, about.subscription_ids | of_orders)


def _sales(session: Session, about: About) -> Sequence[SaleRow]:
    which = or_(
        SaleRow.order_id.in_(about.order_ids), SaleRow.subscription_id.in_(about.subscription_ids)
    )
    rows = select(SaleRow).where(SaleRow.source == about.source, which)
    return session.scalars(rows.order_by(SaleRow.id)).all()


def _orders(session: Session, about: About, sales: Iterable[SaleRow]) -> frozenset[str]:
    """Return the orders that the facts may concern. Acts concern the whole subscription."""
    subscriptions = {each.subscription_id for each in sales}
    shared = [orders_of(session, about.source, each) for each in subscriptions]
    return about.order_ids.union((sale.order_id for sale in sales), *shared)


def _licenses(session: Session, about: About, sales: Iterable[SaleRow]) -> Sequence[int]:
    subscriptions = {each.subscription_id for each in sales if each.subscription_id is not None}
    which = or_(
        LicenseRow.order_id.in_(about.order_ids),
        LicenseRow.subscription_id.in_(about.subscription_ids | subscriptions),
    )
    rows = select(LicenseRow.id).where(LicenseRow.source == about.source, which)
    return session.scalars(rows.order_by(LicenseRow.id)).all()


def _applied(
    session: Session, new: NewFacts, licenses: Sequence[int], now: datetime, *, known: bool
) -> Applied:
    """Tell what the event changed, from the history, so that a repeated step tells the same."""
    told = told_changes(session, new.event_id)
    mails = _mails(session, licenses, Reason.event(new.event_id))
    again_at = _again_at(new.facts, now)
    if told:
        return Applied(Outcome.APPLIED, told, mails, again_at)
    if new.kind in ORDER_KINDS:  # A copy of a settled sale told a refund that is known already.
        return Applied(Outcome.DUPLICATE, (), mails)
    why = _why(licenses, new.facts, again_at, known=known)
    return Applied(noted(why), (), mails, again_at)


def _mails(session: Session, licenses: Sequence[int], reason: Reason) -> tuple[int, ...]:
    owed = select(DeliveryRow.id).where(
        DeliveryRow.license_id.in_(licenses), DeliveryRow.reason == str(reason)
    )
    return tuple(session.scalars(owed.order_by(DeliveryRow.id)))


def _again_at(facts: Sequence[Fact], now: datetime) -> datetime | None:
    """Return the moment of this event's own fact, because each event waits for its own.

    An act lies ahead if the seller's machine has a clock that is ahead of the worker's.
    """
    timed = [fact for fact in facts if isinstance(fact, SubscriptionState | Act)]
    ahead = [fact.at for fact in timed if fact.at > now]
    return min(ahead, default=None)


def _why(
    licenses: Sequence[int], facts: Sequence[Fact], again_at: datetime | None, *, known: bool
) -> NotedReason:
    if not licenses:
        return NotedReason.NO_LICENSE if known else NotedReason.NO_SALE_YET
    if again_at is not None:
        return NotedReason.EFFECTIVE_LATER
    if any(isinstance(fact, Refund) and not fact.whole for fact in facts):
        return NotedReason.PARTIAL_REFUND
    return NotedReason.NO_CHANGE
