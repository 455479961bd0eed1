"""The promises to a buyer with a corrected address, and each way to break them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from torture.correction_verdict import UNDER_WAY
from torture.evidence import (
    Evidence,
    FoundDelivery,
    FoundEvent,
    FoundLicense,
    Mail,
    RecordedCorrection,
)
from torture.orders import Order
from torture.plan import Correction
from torture.verdict import Breach, breaches

WRONG, RIGHT = "buyer@exmaple.com", "buyer@example.com"
ORDER = Order("sale", WRONG)
CORRECTION = Correction(0.5, ORDER, RIGHT)
THEN = datetime(2026, 9, 1, 12, tzinfo=UTC)
SOON = THEN + timedelta(seconds=1)
A_MONTH = datetime(2026, 7, 1, 23, 59, 59, tzinfo=UTC)
SALE_MAIL = FoundDelivery(1, 1, "sale", to=WRONG, is_withdrawn=True)
RESEND = FoundDelivery(2, 1, "sale", is_resend=True, to=RIGHT, attempts=1)
GOOD = Evidence(
    attempts=(),
    rows=(FoundEvent("sale/0", "sale", "fulfilled"),),
    sales=("sale",),
    licenses=(FoundLicense(1, "sale", A_MONTH),),
    deliveries=(SALE_MAIL, RESEND),
    messages=(),
    recorded=(RecordedCorrection("sale", THEN, {1: 0, 2: 0}),),
    asked={"sale": 1},
)
MISLED = Breach("doubled", "sale", "a mail went to its mistyped address after that was corrected")
UNHEEDED = Breach("lost", "sale", "its corrected address never got its mail")


def found(evidence: Evidence, *mails: Mail) -> list[Breach]:
    delivered = tuple(mail.delivery_id for mail in mails)
    return breaches([ORDER], replace(evidence, messages=delivered, mails=mails), [CORRECTION])


def to_wrong(delivery_id: int = 1, at: datetime = SOON) -> Mail:
    return Mail(delivery_id, WRONG, at)


def to_right(delivery_id: int = 2) -> Mail:
    return Mail(delivery_id, RIGHT, SOON)


def test_one_mail_to_the_corrected_address_is_no_breach() -> None:
    assert found(GOOD, to_right()) == []


def test_a_license_minted_after_the_correction_has_its_own_mail_and_no_other() -> None:
    own = replace(GOOD.deliveries[1], is_resend=False)
    early = replace(GOOD, deliveries=(own,), recorded=(RecordedCorrection("sale", THEN, {}),))
    assert found(early, to_right()) == []


@pytest.mark.parametrize("at", [THEN - timedelta(hours=1), SOON])
def test_a_mail_that_was_begun_before_the_correction_is_right(at: datetime) -> None:
    begun = replace(SALE_MAIL, is_withdrawn=False, attempts=1)
    before = RecordedCorrection("sale", THEN, {1: 1, 2: 0})
    evidence = replace(GOOD, deliveries=(begun, RESEND), recorded=(before,))
    assert found(evidence, to_wrong(at=at), to_right()) == []


def test_a_mail_to_the_mistyped_address_begun_after_the_correction_is_doubled() -> None:
    again = replace(SALE_MAIL, attempts=1)
    evidence = replace(GOOD, deliveries=(again, RESEND))
    assert found(evidence, to_wrong(), to_right()) == [MISLED]


def test_a_mail_without_a_counted_attempt_is_judged_by_its_time() -> None:
    late = to_wrong(at=THEN + UNDER_WAY + timedelta(seconds=1))
    assert found(GOOD, late, to_right()) == [MISLED]


def test_the_corrected_mail_sent_to_the_mistyped_address_is_lost_and_doubled() -> None:
    assert found(GOOD, to_wrong(2)) == [UNHEEDED, MISLED]
    begun = replace(GOOD, recorded=(RecordedCorrection("sale", THEN, {1: 0, 2: 1}),))
    assert found(begun, to_wrong(2)) == [UNHEEDED, MISLED]


def test_a_right_address_without_its_mail_is_lost() -> None:
    begun = replace(SALE_MAIL, is_withdrawn=False, attempts=1)
    before = RecordedCorrection("sale", THEN, {1: 1, 2: 0})
    evidence = replace(GOOD, deliveries=(begun, RESEND), recorded=(before,))
    assert found(evidence, to_wrong()) == [UNHEEDED]


def test_a_license_that_stayed_with_the_mistyped_address_is_lost() -> None:
    alone = replace(SALE_MAIL, is_withdrawn=False, attempts=1)
    evidence = replace(GOOD, deliveries=(alone,), recorded=(RecordedCorrection("sale", THEN, {}),))
    assert found(evidence, to_wrong()) == [UNHEEDED, MISLED]


def test_each_mail_that_was_asked_for_is_owed_but_not_a_withdrawn_one() -> None:
    again = replace(RESEND, delivery_id=3)
    twice = replace(GOOD, deliveries=(SALE_MAIL, RESEND, again), asked={"sale": 2})
    assert found(twice, to_right(2), to_right(3)) == []
    assert found(twice, to_right(3)) == [UNHEEDED]
    withdrawn = replace(twice, deliveries=(SALE_MAIL, replace(RESEND, is_withdrawn=True), again))
    assert found(withdrawn, to_right(3)) == []


def test_more_mails_to_the_right_address_than_corrections_are_doubled() -> None:
    own = replace(SALE_MAIL, to=RIGHT, is_withdrawn=False)
    what = "its corrected address got 2 mails, and 1 is right"
    assert found(replace(GOOD, deliveries=(own, RESEND)), to_right(1), to_right()) == [
        Breach("doubled", "sale", what)
    ]
    assert found(GOOD, to_right(), to_right()) == [
        Breach("doubled", "sale", "delivery 2 was mailed 2 times")
    ]


def test_a_correction_that_was_never_recorded_is_lost() -> None:
    none = replace(GOOD, deliveries=(SALE_MAIL,), recorded=(), asked={})
    assert found(none, to_wrong()) == [
        Breach("lost", "sale", "its corrected address was never recorded")
    ]
