"""The states of subscriptions at Paddle."""

from datetime import UTC, datetime

import pytest

from domain.errors import FactInvalidError
from domain.event import EventKind
from domain.facts import (
    Ignored,
    Reading,
    SubscriptionLink,
    SubscriptionState,
)
from domain.sale import Product
from storefronts.base import StoredRequest
from tests.storefronts.paddle.bodies import (
    CANCELED,
    CREATED,
    Line,
    changed,
    kind,
    read,
)

SUBSCRIPTION = "sub_01kb5hd05xmx6r2tna56djcr0j"
SYNC = "pri_01kb5hvwazz50kc59547x9nd3x"
OCCURRED = datetime(2025, 11, 2, 10, 2, 5, 920113, UTC)


def updated(**more: object) -> StoredRequest:
    """Return the recorded subscription as an update of it."""
    changes = {f"data.{path.replace('__', '.')}": each for path, each in more.items()}
    return changed(CREATED, {"event_type": "subscription.updated", **changes})


def states(request: StoredRequest) -> list[SubscriptionState]:
    return [each for each in read(request).facts if isinstance(each, SubscriptionState)]


def test_created_subscription_without_a_transaction_is_ignored() -> None:
    request = changed(CREATED, {"data.transaction_id": None})

    assert read(request) == Reading(ends=Ignored("subscription.created"))


def test_created_subscription_without_a_period_is_paid_until_its_next_bill() -> None:
    (link,) = read(changed(CREATED, {"data.current_billing_period": None})).facts

    assert isinstance(link, SubscriptionLink)
    assert link.paid_until == datetime(2026, 11, 2, 10, 2, 4, 118000, UTC)


def test_updated_subscription_tells_each_line_and_that_it_goes_on() -> None:
    whole, line = states(updated(items__0__quantity=7))

    assert whole == SubscriptionState(SUBSCRIPTION, OCCURRED, renews=True, paused=False)
    product = Product("pro_01kbnwqnv0kcqktwg00eqp16vc", "Inkwell Sync", specific_ids=(SYNC,))
    assert line == SubscriptionState(
        SUBSCRIPTION, OCCURRED, seats=7, product=product, line=SYNC, among=(SYNC,)
    )
    assert kind(updated()) == EventKind.SUBSCRIPTION_UPDATED


def test_lines_of_one_price_are_told_apart_and_what_is_paid_once_is_left_out() -> None:
    lines = [
        Line("pri_a", "pro_a", 1),
        Line("pri_once", "pro_once", 1),
        Line("pri_a", "pro_a", 2),
    ]
    items = [{**line.item(), "recurring": line.price_id != "pri_once"} for line in lines]
    _, *found = states(updated(items=items))

    assert [(each.line, each.seats, each.among) for each in found] == [
        ("pri_a", 1, ("pri_a", "pri_a#2")),
        ("pri_a#2", 2, ("pri_a", "pri_a#2")),
    ]


def test_scheduled_cancellation_ends_at_its_date_and_null_undoes_it() -> None:
    at = "2026-11-02T10:02:04.118000Z"
    request = updated(scheduled_change={"action": "cancel", "effective_at": at, "resume_at": None})
    canceled, *_ = states(request)

    assert (canceled.renews, canceled.ends_at, canceled.ended) == (
        False,
        datetime.fromisoformat(at),
        None,
    )
    assert kind(request) == EventKind.CANCELLATION
    undone, *_ = states(updated(scheduled_change=None))
    assert (undone.renews, undone.ends_at) == (True, None)


def test_scheduled_pause_is_noted_and_pauses_nothing() -> None:
    at = "2026-11-02T10:02:04.118000Z"
    reading = read(updated(scheduled_change={"action": "pause", "effective_at": at}))

    assert reading.note is not None
    (whole, *_) = (each for each in reading.facts if isinstance(each, SubscriptionState))
    told = (whole.renews, whole.ends_at, whole.paused, whole.ended)
    assert told == (True, None, False, None)


@pytest.mark.parametrize(
    ("status", "paused"), [("paused", True), ("trialing", False), ("past_due", None), (None, None)]
)
def test_status_tells_whether_the_subscription_rests(
    status: str | None, *, paused: bool | None
) -> None:
    whole, *_ = states(updated(status=status))

    assert (whole.paused, whole.ended) == (paused, None)


def test_update_of_a_canceled_subscription_is_its_end() -> None:
    at = "2025-11-02T10:02:05.800000Z"
    request = updated(status="canceled", canceled_at=at)

    ended = SubscriptionState(SUBSCRIPTION, datetime.fromisoformat(at), renews=False, ended=True)
    assert states(request) == [ended]


def test_end_without_its_time_is_at_the_event() -> None:
    (ended,) = states(changed(CANCELED, {"data.canceled_at": None}))

    assert ended.at == datetime(2026, 11, 2, 10, 2, 21, 3311, UTC)


@pytest.mark.parametrize(("name", "paused"), [("paused", True), ("resumed", False)])
def test_pause_and_resumption_tell_nothing_else(name: str, *, paused: bool) -> None:
    request = changed(CREATED, {"event_type": f"subscription.{name}"})

    assert states(request) == [SubscriptionState(SUBSCRIPTION, OCCURRED, paused=paused)]


@pytest.mark.parametrize("quantity", [None, 0, 10**9, "3"])
def test_seats_that_are_none_are_a_persons_matter(quantity: object) -> None:
    ends = read(updated(items__0__quantity=quantity)).ends

    assert isinstance(ends, FactInvalidError)
    assert ends.what.startswith("data.items[0].quantity")
