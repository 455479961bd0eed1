"""Refunds and disputes: by the object of today, and of the order that the payment belongs to."""

from datetime import UTC, datetime

import pytest

from domain.errors import SaleInvalidError
from domain.event import EventKind, NotedReason
from domain.facts import Dispute, Reading, Refund, Waits
from tests.storefronts.stripe.recorded import (
    CHARGE,
    DISPUTE,
    FIRST_INVOICE,
    INTENT,
    REFUND,
    RENEWAL,
    RENEWED,
    SOLD,
    SUBSCRIBED,
    SUBSCRIPTION,
    Asking,
    Json,
    api_of,
    asking,
    body_of,
    event,
    object_of,
    page,
    thin,
)

CHARGE_PATH = f"/v1/charges/{CHARGE}"
REFUNDS_PATH = f"/v1/refunds?charge={CHARGE}&limit=100"
SESSIONS_PATH = f"/v1/checkout/sessions?payment_intent={INTENT}"
INVOICE_PATH = f"/v1/invoice_payments?payment[type]=payment_intent&payment[payment_intent]={INTENT}"
REFUNDED_AT = datetime.fromtimestamp(1762718800, UTC)
MADE_AT = datetime.fromtimestamp(1762700000, UTC)
DISPUTED = object_of(DISPUTE)
DISPUTE_PATH = f"/v1/disputes/{DISPUTED['id']}"


def refund(refund_id: str, amount: int, status: str = "succeeded") -> Json:
    return {
        "id": refund_id,
        "object": "refund",
        "amount": amount,
        "charge": CHARGE,
        "created": 1762700000,
        "payment_intent": INTENT,
        "status": status,
    }


def charge(back: int) -> Json:
    return {**object_of(REFUND), "amount_refunded": back, "refunded": back == 5831}


def api(back: int, *refunds: Json) -> Asking:
    known = {REFUNDS_PATH: page(*refunds)} if refunds else {}
    return asking({CHARGE_PATH: charge(back), **known})


def fact(refund_id: str, amount: int, *, whole: bool = False, failed: bool = False) -> Refund:
    state = "failed" if failed else "made"
    return Refund(SOLD, MADE_AT, whole, amount, refund_id, "made" if state == "made" else "failed")


@pytest.mark.parametrize("told", [event(REFUND), thin("charge.refunded", CHARGE)])
def test_each_refund_of_the_charge_is_a_fact_of_its_own(told: Json) -> None:
    partial = api(3000, refund("re_2", 2000), refund("re_1", 1000))

    assert partial.facts(told, Refund) == [fact("re_2", 2000), fact("re_1", 1000)]
    assert partial.named(told).order_id == SOLD


def test_the_only_refund_that_stands_is_the_whole_as_the_charge_says() -> None:
    whole = api(5831, refund("re_2", 5831), refund("re_1", 5831, "failed"))

    assert whole.facts(event(REFUND), Refund) == [
        fact("re_2", 5831, whole=True),
        fact("re_1", 5831, failed=True),
    ]


def test_several_refunds_that_stand_are_the_whole_by_their_sum() -> None:
    whole = api(5831, refund("re_2", 4831), refund("re_1", 1000))

    assert whole.facts(event(REFUND), Refund) == [fact("re_2", 4831), fact("re_1", 1000)]


def test_without_the_list_the_charge_tells_the_sum() -> None:
    told = Refund(SOLD, REFUNDED_AT, whole=False, amount=3000, refund_id=CHARGE)
    assert api(3000).facts(event(REFUND), Refund) == [told]


def test_the_charge_of_today_counts_before_that_of_the_event() -> None:
    (told,) = api(0).facts(event(REFUND), Refund)
    assert (told.whole, told.amount) == (False, 0)


def failed(**fields: object) -> Json:
    return {**event(REFUND, "refund.failed"), "data": {"object": refund("re_1", 5831), **fields}}


def test_a_failed_refund_is_told_by_its_id() -> None:
    listed = api(0, refund("re_1", 5831, "failed"))
    ids = {(each.refund_id, each.state) for each in listed.facts(failed(), Refund)}

    assert ids == {("re_1", "failed")}
    assert listed.named(failed()).kind == EventKind.REFUND_REVERSED
    assert listed.named(failed()).order_id == SOLD


def test_without_the_list_a_failed_refund_takes_the_sum_back() -> None:
    told = {(each.refund_id, each.state) for each in api(0).facts(failed(), Refund)}
    assert told == {("re_1", "failed"), (CHARGE, "failed")}


def test_without_the_list_a_charge_that_is_still_refunded_stays_so() -> None:
    (told,) = api(5831).facts(failed(), Refund)
    assert (told.whole, told.state) == (True, "made")


def test_a_thin_failed_refund_is_read_back() -> None:
    known = api(0, refund("re_1", 5831, "failed"))
    own = asking({**known.api, "/v1/refunds/re_1": refund("re_1", 5831, "failed")})

    assert own.facts(thin("refund.failed", "re_1"), Refund)


def order_by(answers: dict[str, Json], **changes: object) -> str | None:
    api = Asking({CHARGE_PATH: object_of(REFUND, **changes), **answers})
    return api.named(event(REFUND)).order_id


def test_the_refund_of_a_renewal_is_of_its_invoice() -> None:
    paid = {INVOICE_PATH: page({"id": "inpay_1", "invoice": RENEWED})}
    sessions = {SESSIONS_PATH: page()}

    assert order_by({**sessions, **paid}) == RENEWED
    known = {f"/v1/invoices/{RENEWED}": object_of(RENEWAL)}
    assert order_by({**sessions, **paid, **known}) == RENEWED
    assert order_by({**known, **sessions}, invoice=RENEWED) == RENEWED


def test_the_refund_of_a_first_invoice_is_of_the_subscriptions_order() -> None:
    first = object_of(FIRST_INVOICE)
    known = {f"/v1/invoices/{first['id']}": first, SESSIONS_PATH: page()}
    sessions = {
        f"/v1/checkout/sessions?subscription={SUBSCRIPTION}": api_of(
            "sessions_by_subscription.json"
        )
    }

    assert order_by(known, invoice=first["id"]) == SUBSCRIPTION
    assert order_by({**known, **sessions}, invoice=first["id"]) == SUBSCRIBED


def test_a_payment_that_no_order_made_keeps_the_best_name() -> None:
    assert order_by({}) == INTENT
    assert order_by({}, payment_intent=None) == CHARGE


@pytest.mark.parametrize("path", [SESSIONS_PATH, INVOICE_PATH])
def test_an_empty_page_that_more_shall_follow_is_no_missing_order(path: str) -> None:
    """Otherwise a refund or a dispute would be filed under its payment, and its license stay."""
    lie = {SESSIONS_PATH: page(), INVOICE_PATH: page(), path: page(more=True)}
    ends = asking(lie).read(event(REFUND)).ends
    assert isinstance(ends, SaleInvalidError)
    assert "the pages of its list must end" in ends.sentence


def dispute(status: str) -> Asking:
    known = {DISPUTE_PATH: {**DISPUTED, "payment_intent": INTENT, "status": status}}
    return asking(known)


CREATED, DISPUTE_UPDATED, CLOSED = (
    f"charge.dispute.{happened}" for happened in ("created", "updated", "closed")
)


@pytest.mark.parametrize(
    ("name", "status", "state", "kind"),
    [
        (CREATED, "needs_response", "open", EventKind.DISPUTE),
        (CREATED, "under_review", "open", EventKind.DISPUTE),
        (CREATED, "won", "won", EventKind.DISPUTE_WON),
        (DISPUTE_UPDATED, "appeal_needs_response", "open", EventKind.DISPUTE),
        (DISPUTE_UPDATED, "appeal_under_review", "open", EventKind.DISPUTE),
        (CLOSED, "lost", "lost", EventKind.DISPUTE_LOST),
        (CLOSED, "won", "won", EventKind.DISPUTE_WON),
        (CLOSED, "warning_closed", "won", EventKind.DISPUTE_WON),
        (CLOSED, "prevented", "won", EventKind.DISPUTE_WON),
    ],
)
def test_a_dispute_is_as_stripe_has_it_today(
    name: str, status: str, state: str, kind: EventKind
) -> None:
    for told in (event(DISPUTE, name), thin(name, DISPUTED["id"])):
        (found,) = dispute(status).facts(told, Dispute)
        assert (found.order_id, found.state, found.dispute_id) == (SOLD, state, DISPUTED["id"])
        naming = dispute(status).named(told)
        assert (naming.kind, naming.order_id) == (kind, SOLD)


@pytest.mark.parametrize(
    ("name", "status", "why"),
    [
        (CREATED, "warning_needs_response", NotedReason.INQUIRY),
        (CREATED, "prevented", NotedReason.INQUIRY),
        (DISPUTE_UPDATED, "warning_under_review", NotedReason.INQUIRY),
        (DISPUTE_UPDATED, "a status of tomorrow", NotedReason.DISPUTE),
    ],
)
def test_a_dispute_that_took_nothing_is_noted(name: str, status: str, why: NotedReason) -> None:
    assert dispute(status).read(event(DISPUTE, name)) == Reading(ends=Waits(why))


def test_where_stripe_does_not_know_the_dispute_the_event_counts() -> None:
    assert Asking({}).facts(body_of(DISPUTE), Dispute)[0].state == "open"
