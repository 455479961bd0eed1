"""Subscriptions, by their state of today, because no time orders the events of Stripe."""

from collections.abc import Iterator
from datetime import datetime

from domain.event import EventKind
from domain.facts import Fact, Reading, SubscriptionState
from storefronts.base import Naming
from storefronts.document import Member, require_same
from storefronts.stripe import questions
from storefronts.stripe.events import StripeEvent
from storefronts.stripe.lines import product_of, quantity_of, subscription_lines
from storefronts.stripe.periods import period_of
from storefronts.stripe.times import instant_or_none

DELETED = "customer.subscription.deleted"
KINDS = {
    "customer.subscription.updated": EventKind.SUBSCRIPTION_UPDATED,
    "customer.subscription.paused": EventKind.SUBSCRIPTION_PAUSED,
    "customer.subscription.resumed": EventKind.SUBSCRIPTION_RESUMED,
    DELETED: EventKind.SUBSCRIPTION_ENDED,
}
CANCELING = ("cancel_at", "cancel_at_period_end")
OVER = frozenset({"canceled", "incomplete_expired"})
PAUSED, UNPAID = "paused", "unpaid"
NOT_COLLECTED = (
    "Stripe collects no payments of this subscription for now (pause_collection), and the license "
    "goes on"
)
NOT_PAID = "Stripe has the status unpaid for this subscription, and the license goes on to its end"


def name_subscription(event: StripeEvent) -> Naming:
    kind = KINDS[event.name]
    if kind == EventKind.SUBSCRIPTION_UPDATED and event.own is not None:
        kind = _kind_of_update(event, event.own)
    return Naming(kind, event_key=event.key)


def _kind_of_update(event: StripeEvent, subscription: Member) -> EventKind:
    if all(event.previous[name].is_missing() for name in CANCELING):
        return EventKind.SUBSCRIPTION_UPDATED
    is_undone = _renews(subscription)
    return EventKind.CANCELLATION_UNDONE if is_undone else EventKind.CANCELLATION


def read_subscription(event: StripeEvent) -> Reading:
    question = questions.subscription(event.object_id)
    if event.name == DELETED:
        # Nothing follows an ending at Stripe, so that even an old event tells the newest state.
        return Reading((_ending(event.own or event.newest(question), event.at),))
    subscription = event.newest(question)
    return Reading(tuple(_states(event, subscription, event.newest_at(question))))


def _ending(subscription: Member, told_at: datetime) -> SubscriptionState:
    ended_at = instant_or_none(subscription["ended_at"])
    return SubscriptionState(subscription["id"].identifier(), ended_at or told_at, ended=True)


def _states(event: StripeEvent, subscription: Member, at: datetime) -> Iterator[Fact]:
    subscription_id = subscription["id"].identifier()
    if subscription["status"].text() in OVER:
        yield _ending(subscription, at)
        return
    yield SubscriptionState(
        subscription_id,
        at,
        renews=_renews(subscription),
        ends_at=_ends_at(subscription),
        paused=subscription["status"].text() == PAUSED,
        note=_note(subscription),
    )
    yield from _plans(event, subscription, at)


def _plans(event: StripeEvent, subscription: Member, at: datetime) -> Iterator[Fact]:
    subscription_id = subscription["id"].identifier()
    pages = questions.subscription_items(subscription_id)
    items = questions.whole_list(event.request, subscription["items"], pages)
    for item in items:
        require_same(item["subscription"], subscription_id)
    among = tuple(subscription_lines(item["price"]["id"].identifier() for item in items))
    for line, item in zip(among, items, strict=True):
        yield SubscriptionState(
            subscription_id,
            at,
            seats=quantity_of(item),
            product=product_of(item["price"], item["price"]["nickname"]),
            line=line,
            among=among,
        )


def _renews(subscription: Member) -> bool:
    """Tell whether another charge will come. The customer portal sets `cancel_at` alone."""
    return instant_or_none(subscription["cancel_at"]) is None and not _ends_with_period(
        subscription
    )


def _ends_with_period(subscription: Member) -> bool:
    told = subscription["cancel_at_period_end"]
    return not (told.is_missing() or told.is_null()) and told.flag()


def _ends_at(subscription: Member) -> datetime | None:
    cancel_at = instant_or_none(subscription["cancel_at"])
    if cancel_at is not None or not _ends_with_period(subscription):
        return cancel_at
    return period_of(subscription)[1]


def _note(subscription: Member) -> str | None:
    pause = subscription["pause_collection"]
    if not (pause.is_missing() or pause.is_null()):
        return NOT_COLLECTED
    return NOT_PAID if subscription["status"].text() == UNPAID else None
