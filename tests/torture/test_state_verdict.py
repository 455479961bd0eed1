"""The verdict finds each license in a wrong state, and each mail that should not have gone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.event import EventKind
from domain.facts import Act
from domain.license import LicenseReason, LicenseStatus
from torture.drawing import DrawnStory, PlannedAct
from torture.evidence import Evidence, FoundDelivery, FoundEvent, FoundLicense, Mail
from torture.orders import SOME_DAY, TERM, Order
from torture.state_verdict import UNDER_WAY
from torture.stories import ON_MEMBERSHIPS, ON_SALES
from torture.verdict import breaches

ORDER = Order("sale", "buyer@example.com")
STORIES = {each.name: each for each in (*ON_SALES, *ON_MEMBERSHIPS)}
ACTIVE = FoundLicense(1, "sale", TERM.end(SOME_DAY), tier="core")
REVOKED = replace(
    ACTIVE,
    status=LicenseStatus.REVOKED,
    reason=LicenseReason.REFUNDED,
    taken_at=datetime(2026, 6, 3, tzinfo=UTC),
)
NOTHING = Evidence((), (), ("sale",), (), (), ())


def found(name: str, license_: FoundLicense | None, evidence: Evidence = NOTHING) -> list[str]:
    drawn = DrawnStory(STORIES[name], (ORDER,))
    licenses = () if license_ is None else (license_,)
    mails = evidence if evidence.deliveries else mailed(evidence)
    seen = replace(mails, licenses=licenses)
    return [f"{each.kind}: {each.what}" for each in breaches((ORDER,), seen, (), (drawn,))]


def mailed(evidence: Evidence) -> Evidence:
    mail = Mail(1, ORDER.email, SOME_DAY)
    return replace(
        evidence, deliveries=(FoundDelivery(1, 1, "sale"),), messages=(1,), mails=(mail,)
    )


def test_a_license_in_the_right_state_is_no_breach() -> None:
    assert found("dispute won", ACTIVE) == []
    assert found("refunded", REVOKED) == []


@pytest.mark.parametrize("name", ["refunded", "disputed", "restored and revoked"])
def test_a_sale_that_was_taken_back_need_not_have_a_license(name: str) -> None:
    assert found(name, None, replace(NOTHING, sales=("sale",))) == []


def test_a_sale_that_was_given_back_must_have_a_license() -> None:
    assert found("dispute won", None) == ["lost: it has no license"]


@pytest.mark.parametrize(
    ("name", "license_", "what"),
    [
        (
            "refunded",
            ACTIVE,
            "refunded: it is active (None), and revoked (refunded) is right",
        ),
        (
            "disputed",
            REVOKED,
            "disputed: it is revoked (refunded), and suspended (disputed) is right",
        ),
    ],
)
def test_a_wrong_status_or_reason_is_told(name: str, license_: FoundLicense, what: str) -> None:
    assert f"wrong states: {what}" in found(name, license_)


@pytest.mark.parametrize(
    "wrong",
    [
        replace(ACTIVE, seats=3),
        replace(ACTIVE, tier="pro"),
        replace(ACTIVE, expires_at=None),
        replace(ACTIVE, renews=True),
        REVOKED,
    ],
    ids=["seats", "tier", "end", "renews", "status"],
)
def test_each_part_of_an_active_license_counts(wrong: FoundLicense) -> None:
    (breach,) = found("dispute won", wrong)
    assert breach.startswith("wrong states: dispute won: it is ")


def test_a_mail_long_after_a_license_was_taken_back_is_doubled() -> None:
    assert REVOKED.taken_at is not None
    late = REVOKED.taken_at + UNDER_WAY
    in_time = replace(mailed(NOTHING), mails=(Mail(1, ORDER.email, late),))
    assert found("refunded", REVOKED, in_time) == []
    too_late = replace(in_time, mails=(Mail(1, ORDER.email, late + timedelta(seconds=1)),))
    what = "doubled: it was mailed after its license was taken back"
    assert found("refunded", REVOKED, too_late) == [what]


def event_mail(kind: str, *, sent: bool = True) -> Evidence:
    evidence = mailed(NOTHING)
    owed = FoundDelivery(2, 1, "sale", event_kind=kind)
    mails = (*evidence.mails, Mail(2, ORDER.email, SOME_DAY)) if sent else evidence.mails
    return replace(
        evidence,
        deliveries=(*evidence.deliveries, owed),
        mails=mails,
        messages=tuple(mail.delivery_id for mail in mails),
    )


def test_an_event_in_the_holders_favor_owes_one_mail_and_no_other_event_does() -> None:
    assert found("dispute won", ACTIVE, event_mail("dispute_won")) == []
    unsent = event_mail("dispute_won", sent=False)
    assert found("dispute won", ACTIVE, unsent) == ["lost: no mail told of its dispute_won"]
    assert found("dispute won", ACTIVE, event_mail("dispute")) == [
        "doubled: a mail told of its dispute"
    ]


def test_an_act_without_an_event_is_lost_and_an_event_that_failed_is() -> None:
    act = Act("sale", SOME_DAY, EventKind.RESTORE, by="seller")
    planned = PlannedAct(0, act, "torture-0/act/0")
    assert [each.what for each in breaches((), NOTHING, (), (), (planned,))] == [
        "its restore has no event"
    ]
    failed = FoundEvent("torture-0/act/0", "", "failed", "no tier")
    (breach,) = breaches((), replace(NOTHING, rows=(failed,)), (), (), (planned,))
    assert (breach.order_id, breach.what) == ("torture-0/act/0", "it failed: no tier")
