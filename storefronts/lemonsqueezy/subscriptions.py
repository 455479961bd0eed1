"""Subscriptions: each event has the whole subscription, so the newest by `updated_at` counts."""

from datetime import datetime

from domain.advice import advised
from domain.errors import SaleInvalidError
from domain.facts import Reading, SubscriptionLink, SubscriptionState
from domain.identifiers import order_reference
from storefronts.base import StoredRequest
from storefronts.document import Member
from storefronts.lemonsqueezy.fields import (
    MOST_COPIES,
    Event,
    ahead_or_none,
    is_absent,
    past,
)
from storefronts.lemonsqueezy.lines import product_of

STOPPED = frozenset({"cancelled", "expired"})
PAYS = frozenset({"active", "on_trial", "paused", *STOPPED})
"""The states in which a date is the end of paid time.

`renews_at` of an unpaid subscription is the date of the next attempt.
"""
RESTS_FREE = (
    "the subscription rests and the shop gives it away meanwhile, so the license stays good until "
    "its end; to give it a later end: "
)


def read_subscription(event: Event) -> Reading:
    state = state_of(event.data, event.request)
    link = link_of(event.data, state, event.request)
    return Reading((link, state), note=_note(event.data, link.order_id))


def link_of(told: Member, state: SubscriptionState, request: StoredRequest) -> SubscriptionLink:
    """Return the order that began the subscription. Every event of a subscription names it.

    Each link has the time of the beginning, so the earliest end of paid time is that of the order.
    """
    attributes = told["attributes"]
    return SubscriptionLink(
        subscription_id=state.subscription_id,
        order_id=attributes["order_id"].order_identifier(),
        at=past(attributes["created_at"], request),
        line=attributes["order_item_id"].identifier_or_none(),
        paid_until=state.paid_until,
    )


def state_of(told: Member, request: StoredRequest) -> SubscriptionState:
    attributes = told["attributes"]
    status = attributes["status"].text()
    seats, note = _seats(attributes["first_subscription_item"])
    return SubscriptionState(
        subscription_id=told["id"].identifier(),
        at=past(attributes["updated_at"], request),
        renews=status not in STOPPED,
        ends_at=ahead_or_none(attributes["ends_at"], request) if status in STOPPED else None,
        paused=_pause(attributes) == "void",
        ended=status == "expired",
        seats=seats,
        product=product_of(attributes),
        note=note,
        paid_until=paid_until(attributes, request) if status in PAYS else None,
    )


def paid_until(attributes: Member, request: StoredRequest) -> datetime | None:
    """Return the end of the time that is paid or free of charge."""
    match attributes["status"].text():
        case "on_trial":
            field = "trial_ends_at"
        case "cancelled" | "expired":
            field = "ends_at"
        case _:
            field = "renews_at"
    return ahead_or_none(attributes[field], request)


def _pause(attributes: Member) -> str | None:
    return attributes["pause"]["mode"].text_or_none()


def _note(told: Member, order_id: str) -> str | None:
    if _pause(told["attributes"]) != "free":
        return None
    order = order_reference("lemonsqueezy", order_id)
    return RESTS_FREE + advised("extend", order, options=["--until DATE"])


def _seats(item: Member) -> tuple[int | None, str | None]:
    """Return the quantity, or a note on a quantity that is none. A change must not get lost."""
    quantity = item["quantity"]
    if is_absent(quantity):
        return 1, None
    try:
        return quantity.whole_number(1, MOST_COPIES), None
    except SaleInvalidError as error:
        return None, f"{error.what}, so it was not used"
