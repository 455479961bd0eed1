"""The state of a subscription, as each event about it tells the whole object."""

from collections.abc import Iterator

from domain.errors import SaleInvalidError
from domain.facts import SubscriptionState
from domain.sale import Product
from domain.text import plain_text
from storefronts.base import StoredRequest
from storefronts.document import Member
from storefronts.polar.times import (
    changed_at,
    end_or_none,
    event_time,
    moment_or_none,
    newest_time,
)

MOST_SEATS = 1_000_000
WILL_PAUSE = (
    "Polar will pause the subscription at the end of its period; another event tells the pause"
)
DOUBTFUL_SEATS = f"its seats are no whole number from 1 to {MOST_SEATS}, so the seats stay"


def states_of(name: str, document: Member, request: StoredRequest) -> tuple[SubscriptionState, ...]:
    """Return the changes of the subscription. Raises SaleInvalidError."""
    return tuple(_states(name, document, request))


def note_of(name: str, document: Member) -> str | None:
    pauses = document["data"]["pause_at_period_end"]
    will_pause = name == "subscription.updated" and _is_set(pauses)
    return WILL_PAUSE if will_pause else None


def product_of(owner: Member) -> Product:
    """Return the product of an order or a subscription."""
    product_id = owner["product_id"].identifier()
    name = plain_text(owner["product"]["name"].text_or_none() or "")
    return Product(product_id, name or product_id)


def _states(name: str, document: Member, request: StoredRequest) -> Iterator[SubscriptionState]:
    data = document["data"]
    subscription_id = data["id"].identifier()
    ended_at = moment_or_none(data["ended_at"], request)
    match name:
        case "subscription.updated":
            yield _updated(subscription_id, document, request)
        case "subscription.canceled":
            yield _canceled(subscription_id, document, request)
        case "subscription.uncanceled":
            yield SubscriptionState(subscription_id, newest_time(document, request), renews=True)
        case "subscription.paused" | "subscription.resumed":
            paused = name == "subscription.paused"
            yield SubscriptionState(subscription_id, newest_time(document, request), paused=paused)
        case _:
            # A revoked subscription is over, whether or not Polar says since when.
            ended_at = ended_at or event_time(document, request)
    if ended_at is not None:
        yield SubscriptionState(subscription_id, ended_at, renews=False, ended=True)


def _updated(subscription_id: str, document: Member, request: StoredRequest) -> SubscriptionState:
    data = document["data"]
    cancels = data["cancel_at_period_end"]
    seats, note = _seats(data["seats"])
    return SubscriptionState(
        subscription_id,
        changed_at(document, request),
        renews=None if cancels.is_missing() else not _is_set(cancels),
        ends_at=end_or_none(data["ends_at"], request),
        seats=seats,
        product=None if data["product_id"].identifier_or_none() is None else product_of(data),
        note=note,
    )


def _canceled(subscription_id: str, document: Member, request: StoredRequest) -> SubscriptionState:
    """Read a cancellation. The status may still be `active`, until the paid period is over."""
    data = document["data"]
    ends_at = end_or_none(data["ends_at"], request)
    return SubscriptionState(
        subscription_id,
        newest_time(document, request),
        renews=False,
        ends_at=ends_at or end_or_none(data["current_period_end"], request),
    )


def _seats(member: Member) -> tuple[int | None, str | None]:
    """Return the seats, and a note of doubts. A price without seats has `null`, and sells one.

    So a change to such a price also takes back the seats of the price before.
    """
    if member.is_missing():
        return None, None
    if member.is_null():
        return 1, None
    try:
        return member.whole_number(1, MOST_SEATS), None
    except SaleInvalidError:
        return None, DOUBTFUL_SEATS


def _is_set(member: Member) -> bool:
    return not (member.is_missing() or member.is_null()) and member.flag()
