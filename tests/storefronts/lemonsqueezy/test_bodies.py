"""Each recorded body, by the facts that its reading tells."""

from datetime import UTC, datetime

import pytest

from domain.event import EventKind
from domain.facts import (
    Buyer,
    Ignored,
    OrderLine,
    Payment,
    Reading,
    Refund,
    SubscriptionLink,
    SubscriptionState,
)
from domain.sale import Product
from storefronts.base import Naming, StoredRequest
from tests.storefronts.lemonsqueezy.told import (
    SHOP,
    answer,
    answered,
    order_answer,
    order_path,
    read,
    recorded,
    recorded_files,
    renamed,
    subscription_answer,
)

BASIC = Product("412751", "Inkwell, Basic", specific_ids=("659205",))
BRUSHES = Product("416658", "Brush Pack", specific_ids=("652361",))
YEARLY = Product("419655", "Inkwell Sync, Yearly", specific_ids=("652777",))
RENEWED = datetime(2027, 11, 3, 10, 2, 4, tzinfo=UTC)
CHANGED = datetime(2026, 11, 2, 10, 3, 42, tzinfo=UTC)
BEGAN = datetime(2025, 11, 2, 10, 2, 7, tzinfo=UTC)


def time(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def with_order(name: str) -> StoredRequest:
    request = recorded(name)
    return answered(request, order_answer(request))


def payment_in(reading: Reading) -> Payment:
    (payment,) = reading.facts
    assert isinstance(payment, Payment)
    return payment


def test_order_is_a_payment_whose_lines_add_up_to_the_total() -> None:
    assert payment_in(read(with_order("01"))) == Payment(
        order_id="5261679",
        at=time("2025-11-02T09:14:27"),
        lines=(OrderLine("5189760", BASIC, 1, 5831),),
        currency="usd",
        buyer=Buyer("nadia@example.net", "Nadia Petrov"),
        order_number="1821",
        written_at=time("2025-11-02T09:14:27"),
    )


def test_order_of_a_subscription_names_none() -> None:
    payment = payment_in(read(with_order("02")))

    assert (payment.order_id, payment.subscription_id, payment.paid_until) == (
        "5271535",
        None,
        None,
    )


def test_subscription_that_begins_is_linked_and_tells_the_end_of_its_paid_time() -> None:
    ends = time("2026-11-02T10:02:04")

    assert read(recorded("03")).facts == (
        SubscriptionLink("1131464", "5271535", BEGAN, "5136110", paid_until=ends),
        SubscriptionState(
            "1131464",
            time("2025-11-02T10:02:11"),
            renews=True,
            paused=False,
            ended=False,
            seats=1,
            product=YEARLY,
            paid_until=ends,
        ),
    )


def test_renewal_is_completed_by_its_subscription() -> None:
    asks = read(recorded("05")).asks
    assert asks is not None
    payment, link, state = read(
        answered(recorded("05"), answer(asks.path, "subscription.json"))
    ).facts

    assert payment == Payment(
        order_id="invoice-2708437",
        at=time("2026-11-02T10:03:41"),
        lines=(OrderLine("1", YEARLY, 1, 12000),),
        currency="usd",
        buyer=Buyer("lucas@example.net", "Lucas Faye"),
        subscription_id="1131464",
        charge=True,
        written_at=time("2026-11-02T10:03:41"),
        paid_until=RENEWED,
    )
    assert link == SubscriptionLink("1131464", "5271535", BEGAN, "5136110", paid_until=RENEWED)
    assert state == read(recorded("06")).facts[1]


def test_subscription_that_changed_tells_its_state_and_its_order() -> None:
    assert read(recorded("06")).facts == (
        SubscriptionLink("1131464", "5271535", BEGAN, "5136110", paid_until=RENEWED),
        SubscriptionState(
            "1131464",
            CHANGED,
            renews=True,
            paused=False,
            ended=False,
            seats=1,
            product=YEARLY,
            paid_until=RENEWED,
        ),
    )


def test_whole_refund() -> None:
    refunded_at = time("2025-11-09T16:20:00")
    assert read(recorded("07")).facts == (Refund("5261679", refunded_at, whole=True, amount=5831),)


def test_partial_refund() -> None:
    refunded_at = time("2025-11-10T08:00:09")
    assert read(recorded("08")).facts == (Refund("5255825", refunded_at, whole=False, amount=2000),)


def test_order_in_test_mode_is_marked_whatever_the_secret() -> None:
    assert payment_in(read(with_order("12"))).test


def test_order_of_two_lines_has_the_line_that_its_event_does_not_show() -> None:
    path = order_path("5275614")
    completed = answered(recorded("14"), answer(path, "order_with_items_included.json"))

    assert payment_in(read(completed)).lines == (
        OrderLine("5121011", BASIC, 1, 4900),
        OrderLine("5154051", BRUSHES, 2, 3000),
    )


SALE, REFUND, LINKED = EventKind.SALE, EventKind.REFUND, EventKind.SUBSCRIPTION_LINKED
CHARGE, UPDATED = EventKind.RECURRING_CHARGE, EventKind.SUBSCRIPTION_UPDATED
INVOICE = "subscription-invoices/2708437/2026-11-02T10:03:41.000000Z/0"
OF_SUBSCRIPTION = "subscriptions/1131464"
NAMES = {
    "01": (SALE, "5261679", "412751", "orders/5261679/2025-11-02T09:14:27.000000Z/0"),
    "02": (SALE, "5271535", "419655", "orders/5271535/2025-11-02T10:02:05.000000Z/0"),
    "03": (LINKED, "5271535", "419655", f"{OF_SUBSCRIPTION}/2025-11-02T10:02:11.000000Z"),
    "05": (CHARGE, "invoice-2708437", None, INVOICE),
    "06": (UPDATED, "5271535", "419655", f"{OF_SUBSCRIPTION}/2026-11-02T10:03:42.000000Z"),
    "07": (REFUND, "5261679", "412751", "orders/5261679/2025-11-09T16:20:00.000000Z/5831"),
    "08": (REFUND, "5255825", "412751", "orders/5255825/2025-11-10T08:00:09.000000Z/2000"),
    "12": (SALE, "5216606", "412751", "orders/5216606/2025-11-01T08:00:00.000000Z/0"),
    "14": (SALE, "5275614", "412751", "orders/5275614/2025-11-05T15:30:00.000000Z/0"),
}


@pytest.mark.parametrize("name", NAMES)
def test_naming(name: str) -> None:
    naming = SHOP.name_request(recorded(name))
    event_name = recorded(name).body.split(b'"event_name":"')[1].split(b'"')[0].decode()
    kind, order_id, product, key = NAMES[name]

    assert naming == Naming(kind, order_id, (product,) if product else (), f"{event_name}/{key}")


def test_every_recorded_body_is_named_above() -> None:
    assert len(recorded_files()) == len(NAMES)


def test_first_payment_of_a_subscription_is_its_order_and_not_needed() -> None:
    initial = renamed(recorded("05"), "subscription_payment_success", billing_reason="initial")

    assert read(initial) == Reading(ends=Ignored("subscription_payment_success"))
    assert SHOP.name_request(initial).kind == EventKind.KNOWN


def test_answer_is_used_for_the_renewal_alone() -> None:
    renewal = answered(recorded("05"), subscription_answer(status="cancelled", ends_at=None))

    payment, *_ = read(renewal).facts
    assert isinstance(payment, Payment)
    assert payment.paid_until is None
