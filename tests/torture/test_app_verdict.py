"""The verdict finds each wrong answer to an app, each lost device, and each device too many."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.license import LicenseReason, LicenseStatus
from domain.online import device_hash
from torture.app_evidence import AskedLicense, FoundState
from torture.app_plan import Verb
from torture.app_verdict import SLACK, UNDER_WAY
from torture.apps import Call
from torture.drawing import DrawnStory
from torture.evidence import Evidence, FoundDelivery, FoundLicense, Mail
from torture.orders import SOME_DAY, TERM, Order
from torture.stories import ON_SALES
from torture.verdict import breaches

ORDER = Order("sale", "buyer@example.com")
MINTED, ASKED = SOME_DAY, SOME_DAY + timedelta(days=1)
LATER = ASKED + timedelta(hours=1)
ACTIVE = FoundState(MINTED, LicenseStatus.ACTIVE, None, 1, TERM.end(SOME_DAY))
REFUNDED = replace(ACTIVE, at=ASKED, status="revoked", reason=LicenseReason.REFUNDED)
REFUND = DrawnStory(next(each for each in ON_SALES if each.name == "refunded"), (ORDER,))
QUIET = Evidence(
    (),
    (),
    ("sale",),
    (FoundLicense(1, "sale", TERM.end(SOME_DAY)),),
    (FoundDelivery(1, 1, "sale"),),
    (1,),
    mails=(Mail(1, ORDER.email, SOME_DAY),),
)
ACTIVATE, VALIDATE, DEACTIVATE = Verb.ACTIVATE, Verb.VALIDATE, Verb.DEACTIVATE


def call(verb: Verb, code: str | None = "VALID", device: str | None = "a", used: int = 1) -> Call:
    """Return an answered question; without a code, one whose answer was lost."""
    status = None if code is None else 200
    return Call("sale", 1, verb, device, LATER, LATER, status, code, used)


def license_with(*devices: str, states: tuple[FoundState, ...] = (ACTIVE,)) -> AskedLicense:
    return AskedLicense(1, "sale", frozenset(device_hash(1, each) for each in devices), states)


def found(license_: AskedLicense, *calls: Call, stories: tuple[DrawnStory, ...] = ()) -> list[str]:
    seen = replace(QUIET, calls=calls, asked_licenses=(license_,))
    found_ = breaches((ORDER,), seen, (), stories)
    return [each.what for each in found_ if each.kind != "wrong states" and "mail" not in each.what]


UNANSWERED = call(DEACTIVATE, None)
NOT_THERE = call(DEACTIVATE, "DEVICE_NOT_ACTIVATED")
RIGHT = {
    "an activation that is kept": (("a",), [call(ACTIVATE), call(VALIDATE)]),
    "a device that was released": ((), [call(ACTIVATE), call(DEACTIVATE, "DEACTIVATED")]),
    "a refused activation": (
        (),
        [call(ACTIVATE, "DEVICE_LIMIT"), call(DEACTIVATE, "DEVICE_NOT_ACTIVATED")],
    ),
    "an activation without an answer, that was done": (("a",), [call(ACTIVATE, None)]),
    "an activation without an answer, that was not done": ((), [call(ACTIVATE, None)]),
    "a release without an answer, that was done": (
        (),
        [call(ACTIVATE), call(DEACTIVATE, None), call(VALIDATE, "DEVICE_NOT_ACTIVATED")],
    ),
    "a question that is answered later": (
        ("a",),
        [
            call(ACTIVATE),
            replace(call(DEACTIVATE, None), is_late=True),
            call(DEACTIVATE, "DEACTIVATED"),
        ],
    ),
    "an answer that there are too many questions": (
        ("a",),
        [call(ACTIVATE), replace(call(DEACTIVATE, None), status=429)],
    ),
    "an answer that the database is away": ((), [replace(call(ACTIVATE, None), status=503)]),
    "a right answer at rest": ((), [replace(call(VALIDATE, device=None), at_rest=True)]),
}


@pytest.mark.parametrize("name", RIGHT)
def test_is_no_breach(name: str) -> None:
    devices, calls = RIGHT[name]
    assert found(license_with(*devices), *calls) == []


LOST = {
    "a lost its place": ((), [call(ACTIVATE)]),
    "a has a place that was released": (("a",), [call(ACTIVATE), call(DEACTIVATE, "DEACTIVATED")]),
    "a had its place, and validate was answered DEVICE_NOT_ACTIVATED": (
        ("a",),
        [call(ACTIVATE), call(VALIDATE, "DEVICE_NOT_ACTIVATED")],
    ),
    "a had its place, and activate was answered DEVICE_LIMIT": (
        ("a",),
        [call(ACTIVATE), call(ACTIVATE, "DEVICE_LIMIT")],
    ),
    "a had no place, and validate was answered VALID": (("a",), [call(VALIDATE)]),
    "a had no place, and deactivate was answered DEACTIVATED": (
        (),
        [call(DEACTIVATE, "DEACTIVATED")],
    ),
}


@pytest.mark.parametrize("what", LOST)
def test_device_that_comes_or_goes_by_itself_is_a_breach(what: str) -> None:
    devices, calls = LOST[what]
    assert found(license_with(*devices), *calls) == [what]


def test_release_that_was_refused_leaves_no_doubt() -> None:
    refused = replace(UNANSWERED, status=429)
    gone = call(VALIDATE, "DEVICE_NOT_ACTIVATED")
    what = "a had its place, and validate was answered DEVICE_NOT_ACTIVATED"
    assert found(license_with(), call(ACTIVATE), refused, gone) == [what]


@pytest.mark.parametrize("status", [404, 500, 400])
def test_answer_that_no_app_may_get_is_a_breach(status: int) -> None:
    answered = replace(call(VALIDATE, None, None), status=status)
    assert found(license_with(), answered) == [f"validate was answered {status}"]


def test_no_answer_at_rest_is_a_breach() -> None:
    answered = replace(call(VALIDATE, None, None), status=503, at_rest=True)
    assert found(license_with(), answered) == ["validate was answered 503"]


def test_more_devices_than_the_license_ever_allowed_are_a_breach() -> None:
    what = "it had 3 devices, and 2 is right"
    assert found(license_with("x", "y", "z")) == [what]
    assert found(license_with("a"), call(ACTIVATE, used=3)) == [what]
    assert found(license_with("x", "y", "z", states=(replace(ACTIVE, seats=2),))) == []


@pytest.mark.parametrize(
    ("seconds", "code", "is_right"),
    [
        (-UNDER_WAY.total_seconds(), "VALID", True),
        (UNDER_WAY.total_seconds(), "VALID", True),
        (UNDER_WAY.total_seconds() + 0.1, "VALID", False),
        (-SLACK.total_seconds() - 0.1, "REFUNDED", False),
        (0, "REFUNDED", True),
        (60, "REFUNDED", True),
        (60, "DISPUTED", False),
    ],
)
def test_refunded_license_is_refused_once_the_refund_is_settled(
    seconds: float,
    code: str,
    is_right: bool,  # noqa: FBT001 - a case
) -> None:
    at = ASKED + timedelta(seconds=seconds)
    asked = replace(call(VALIDATE, code, None), sent_at=at, answered_at=at)
    assert (found(license_with(states=(ACTIVE, REFUNDED)), asked) == []) == is_right


def test_license_after_its_end_must_be_told_as_expired() -> None:
    over = replace(ACTIVE, good_until=ASKED)
    told = found(license_with(states=(over,)), call(VALIDATE, "VALID", None))
    assert told == ["validate was answered VALID, and EXPIRED is right"]


def test_answer_at_rest_is_that_of_the_story_s_end() -> None:
    at_rest = replace(call(VALIDATE, "VALID", None), at_rest=True)
    states = (ACTIVE, REFUNDED)
    told = found(license_with(states=states), at_rest, stories=(REFUND,))
    assert told == ["validate was answered VALID at rest, and REFUNDED is right"]
    right = replace(at_rest, code="REFUNDED")
    assert found(license_with(states=states), right, stories=(REFUND,)) == []
