"""The verdict finds each kind of broken promise, and nothing else."""

from dataclasses import replace
from datetime import UTC, datetime

from torture.evidence import Evidence, FoundDelivery, FoundEvent, FoundLicense
from torture.orders import BETWEEN_CHARGES, SOME_DAY, Order
from torture.traffic import Attempt
from torture.verdict import Breach, breaches

SALE = Order("sale", "buyer@example.com")
FIRST = Order("first", "member@example.com", "membership")
CHARGE = Order(
    "charge", "member@example.com", "membership", charge=1, paid_at=SOME_DAY + BETWEEN_CHARGES
)
ORDERS = (SALE, FIRST, CHARGE)
A_MONTH = datetime(2026, 7, 1, 23, 59, 59, tzinfo=UTC)
EXTENDED = datetime(2026, 7, 11, 23, 59, 59, tzinfo=UTC)
GOOD = Evidence(
    attempts=tuple(
        Attempt(f"{order.order_id}/0", order.order_id, 200, 0.01, last=True) for order in ORDERS
    ),
    rows=tuple(FoundEvent(f"{order.order_id}/0", order.order_id, "fulfilled") for order in ORDERS),
    sales=("sale", "first", "charge"),
    licenses=(FoundLicense(1, "sale", A_MONTH), FoundLicense(2, "first", EXTENDED, "membership")),
    deliveries=(
        FoundDelivery(1, 1, "sale"),
        FoundDelivery(2, 2, "first"),
        FoundDelivery(3, 2, "charge", is_charge=True),
    ),
    messages=(1, 2, 3),
)


def found(evidence: Evidence) -> list[Breach]:
    return breaches(ORDERS, evidence)


def test_a_good_round_has_no_breach() -> None:
    assert found(GOOD) == []


def test_a_request_without_an_answer_that_was_stored_is_fine() -> None:
    attempt = Attempt("sale/0", "sale", None, 5.0, last=False)
    assert found(replace(GOOD, attempts=(attempt, *GOOD.attempts[1:]))) == []


def test_a_request_answered_and_not_stored_is_lost() -> None:
    attempt = Attempt("sale/1", "sale", 200, 0.01, last=True)
    what = "a request was answered 200 and has no event"
    assert found(replace(GOOD, attempts=(*GOOD.attempts, attempt))) == [
        Breach("lost", "sale", what)
    ]


def test_a_request_turned_away_until_its_sender_gave_up_is_lost() -> None:
    turned_away = Attempt("sale/1", "sale", 503, 0.01, last=False)
    assert found(replace(GOOD, attempts=(*GOOD.attempts, turned_away))) == []
    given_up = replace(turned_away, last=True)
    what = "its sender was turned away with 503 until it gave up"
    assert found(replace(GOOD, attempts=(*GOOD.attempts, given_up))) == [
        Breach("lost", "sale", what)
    ]


def test_a_sale_that_failed_is_lost() -> None:
    failed = FoundEvent("sale/0", "sale", "failed", "no address")
    assert found(replace(GOOD, rows=(failed, *GOOD.rows[1:]))) == [
        Breach("lost", "sale", "it failed: no address")
    ]


def test_a_sale_without_a_license_is_lost() -> None:
    without = replace(GOOD, licenses=GOOD.licenses[1:], deliveries=GOOD.deliveries[1:])
    assert found(replace(without, messages=(2, 3))) == [Breach("lost", "sale", "it has no license")]


def test_every_charge_of_a_membership_without_a_license_is_lost() -> None:
    without = replace(GOOD, licenses=GOOD.licenses[:1], deliveries=GOOD.deliveries[:1])
    assert found(replace(without, messages=(1,))) == [
        Breach("lost", "first", "it has no license"),
        Breach("lost", "charge", "it has no license"),
    ]


def test_a_license_that_nobody_got_is_lost() -> None:
    what = "its license was never e-mailed"
    assert found(replace(GOOD, messages=(2, 3))) == [Breach("lost", "sale", what)]
    assert found(replace(GOOD, messages=(1, 2))) == [Breach("lost", "charge", what)]


def test_the_mail_of_a_later_charge_makes_that_of_the_first_needless() -> None:
    assert found(replace(GOOD, messages=(1, 3))) == []


def test_a_payment_that_is_nowhere_in_the_database_is_lost() -> None:
    assert found(replace(GOOD, sales=("sale", "charge"))) == [
        Breach("lost", "first", "it was never read")
    ]


def test_a_license_that_ends_otherwise_than_its_last_payment_buys_is_lost() -> None:
    short = FoundLicense(2, "first", A_MONTH, "membership")
    what = "its license ends 2026-07-01 23:59:59+00:00, and not 2026-07-11 23:59:59+00:00"
    assert found(replace(GOOD, licenses=(GOOD.licenses[0], short))) == [
        Breach("lost", "charge", what)
    ]
    endless = FoundLicense(1, "sale", None)
    what = "its license ends None, and not 2026-07-01 23:59:59+00:00"
    assert found(replace(GOOD, licenses=(endless, GOOD.licenses[1]))) == [
        Breach("lost", "sale", what)
    ]


def test_a_charge_that_moved_the_end_and_owes_no_mail_is_lost() -> None:
    what = "it made its license end later, and no e-mail is owed"
    assert found(replace(GOOD, deliveries=GOOD.deliveries[:2], messages=(1, 2))) == [
        Breach("lost", "charge", what)
    ]


def test_a_first_payment_that_came_after_a_later_charge_need_not_be_told() -> None:
    late = replace(
        GOOD,
        licenses=(GOOD.licenses[0], FoundLicense(2, "charge", EXTENDED, "membership")),
        deliveries=(GOOD.deliveries[0], FoundDelivery(2, 2, "charge")),
        messages=(1, 2),
    )
    assert found(late) == []


def test_a_request_with_two_rows_is_doubled() -> None:
    assert found(replace(GOOD, rows=(*GOOD.rows, GOOD.rows[0]))) == [
        Breach("doubled", "sale", "one request has 2 events")
    ]


def test_an_order_with_two_licenses_is_doubled() -> None:
    twice = replace(
        GOOD,
        licenses=(*GOOD.licenses, FoundLicense(3, "sale", A_MONTH)),
        deliveries=(*GOOD.deliveries, FoundDelivery(4, 3, "sale")),
        messages=(*GOOD.messages, 4),
    )
    assert found(twice) == [
        Breach("doubled", "sale", "it has 2 licenses"),
        Breach("doubled", "sale", "it was mailed by 2 deliveries"),
    ]


def test_a_subscription_with_two_licenses_is_doubled() -> None:
    twice = replace(
        GOOD,
        licenses=(*GOOD.licenses, FoundLicense(3, "charge", EXTENDED, "membership")),
        deliveries=(*GOOD.deliveries[:2], FoundDelivery(3, 3, "charge")),
    )
    assert found(twice) == [Breach("doubled", "first", "its subscription has 2 licenses")]


def test_a_delivery_mailed_twice_is_doubled() -> None:
    assert found(replace(GOOD, messages=(*GOOD.messages, 1))) == [
        Breach("doubled", "sale", "delivery 1 was mailed 2 times")
    ]


def test_a_mail_of_an_earlier_round_that_comes_again_is_doubled() -> None:
    earlier = (
        FoundDelivery(7, 5, "torture-0-sale"),
        FoundDelivery(8, 5, "torture-0-charge", is_charge=True),
    )
    assert found(replace(GOOD, earlier=earlier)) == []
    assert found(replace(GOOD, earlier=earlier, messages=(*GOOD.messages, 7, 7))) == [
        Breach("doubled", "torture-0-sale", "delivery 7 was mailed again, a round later")
    ]


def test_a_mail_that_nobody_owes_is_doubled() -> None:
    assert found(replace(GOOD, messages=(*GOOD.messages, 9))) == [
        Breach("doubled", "–", "a mail went out for delivery 9, which nobody owes")
    ]


def test_a_round_that_never_became_quiet_is_stuck_even_without_open_rows() -> None:
    what = "it never came to rest: more kept coming, or a mail was under way"
    assert found(replace(GOOD, is_quiet=False)) == [Breach("stuck", "–", what)]


def test_an_open_row_and_a_spool_that_is_not_empty_are_stuck() -> None:
    parked = FoundEvent("sale/0", "sale", None, "the provider is away")
    assert found(replace(GOOD, rows=(parked, *GOOD.rows[1:]), spooled=2)) == [
        Breach("stuck", "sale", "it is open still: the provider is away"),
        Breach("stuck", "–", "the spool still holds 2 requests"),
    ]
