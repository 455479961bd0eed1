"""Reads the state of a subscription, or its link to the transaction that began it."""

from collections.abc import Iterator
from datetime import datetime

from domain.facts import Ignored, Reading, SubscriptionLink, SubscriptionState
from storefronts.base import StoredRequest
from storefronts.document import Member
from storefronts.paddle.events import is_canceled_later
from storefronts.paddle.lines import names_of, product_of, quantity_of
from storefronts.paddle.times import ahead_or_none, occurred_at, past_or_none

PAUSE = "Paddle pauses the subscription at the end of its paid time; another event will tell it"
PAUSED_STATUS = {"paused": True, "active": False, "trialing": False}


def read_created(document: Member, request: StoredRequest) -> Reading:
    """Read the only event that names the subscription's first transaction."""
    data = document["data"]
    order_id = data["transaction_id"]
    if order_id.is_missing() or order_id.is_null():  # Nobody paid, as after an import.
        return Reading(ends=Ignored("subscription.created"))
    period = ahead_or_none(data["current_billing_period"]["ends_at"], request)
    link = SubscriptionLink(
        data["id"].identifier(),
        order_id.order_identifier(),
        occurred_at(document, request),
        paid_until=period or ahead_or_none(data["next_billed_at"], request),
    )
    return Reading((link,))


def read_updated(document: Member, request: StoredRequest) -> Reading:
    data, at = document["data"], occurred_at(document, request)
    if data["status"].text_or_none() == "canceled":
        return read_canceled(document, request)
    canceled = is_canceled_later(data)
    ends_at = ahead_or_none(data["scheduled_change"]["effective_at"], request)
    whole = SubscriptionState(
        data["id"].identifier(),
        at,
        renews=not canceled,
        ends_at=ends_at if canceled else None,
        paused=PAUSED_STATUS.get(data["status"].text_or_none() or ""),
    )
    paused = data["scheduled_change"]["action"].text_or_none() == "pause"
    return Reading((whole, *_items(data, at)), note=PAUSE if paused else None)


def read_canceled(document: Member, request: StoredRequest) -> Reading:
    data = document["data"]
    ended_at = past_or_none(data["canceled_at"], request) or occurred_at(document, request)
    subscription_id = data["id"].identifier()
    return Reading((SubscriptionState(subscription_id, ended_at, renews=False, ended=True),))


def read_paused(document: Member, request: StoredRequest, *, paused: bool) -> Reading:
    subscription_id = document["data"]["id"].identifier()
    at = occurred_at(document, request)
    return Reading((SubscriptionState(subscription_id, at, paused=paused),))


def _items(data: Member, at: datetime) -> Iterator[SubscriptionState]:
    """Yield a state for each item. An item that is paid once belongs to no later payment."""
    listed = data["items"]
    if listed.is_missing() or listed.is_null():
        return
    items = [item for item in listed.items() if _recurs(item)]
    names = names_of(items)
    for item, name in zip(items, names, strict=True):
        yield SubscriptionState(
            data["id"].identifier(),
            at,
            seats=quantity_of(item),
            product=product_of(item["price"], item["product"]),
            line=name,
            among=tuple(names),
        )


def _recurs(item: Member) -> bool:
    recurring = item["recurring"]
    return recurring.is_missing() or recurring.is_null() or recurring.flag()
