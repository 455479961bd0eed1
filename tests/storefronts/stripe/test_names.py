"""Every name of Stripe's events is handled, noted, ignored or refused by name."""

import pytest

from domain.errors import SaleInvalidError
from domain.event import EventKind, IgnoredReason, NotedReason
from domain.facts import Ignored, Reading, Waits
from tests.storefronts.stripe.recorded import (
    DELETED,
    SALE,
    SOLD,
    THIN,
    Asking,
    Json,
    body_of,
    event,
    thin,
)

OURS, OTHERS = "acct_ours", "acct_others"
NOT_NEEDED = [
    "invoice.payment_succeeded",
    "invoice.created",
    "invoice.finalized",
    "payment_intent.succeeded",
    "charge.succeeded",
    "refund.created",
    "refund.updated",
    "charge.refund.updated",
    "customer.created",
    "customer.subscription.created",
    "customer.subscription.trial_will_end",
    "checkout.session.expired",
]


@pytest.mark.parametrize("name", NOT_NEEDED)
def test_the_same_money_under_another_name_is_ignored_by_name(name: str) -> None:
    for told in (event(DELETED, name), thin(name, SOLD)):
        assert Asking().read(told) == Reading(ends=Ignored(name))
        naming = Asking().named(told)
        assert (naming.kind, naming.order_id) == (EventKind.KNOWN, None)
        assert naming.event_key == told["id"]


@pytest.mark.parametrize("name", ["charge.updated", "checkout.session.dreamed", "v2.core.new"])
def test_an_unknown_name_is_noted(name: str) -> None:
    for told in (event(SALE, name), {**thin(name, SOLD), "related_object": None}):
        assert Asking().read(told) == Reading(ends=Waits(NotedReason.UNKNOWN_EVENT))
        assert Asking().named(told).kind == EventKind.UNKNOWN
        assert Asking().named(told).event_key == told["id"]


@pytest.mark.parametrize(
    "told",
    [
        {**event(SALE), "account": OTHERS},
        thin("checkout.session.completed", SOLD, context=OTHERS),
        thin("charge.dreamed", SOLD, context=f"org_1/{OTHERS}"),
    ],
)
def test_an_event_of_another_account_is_refused_by_name(told: Json) -> None:
    refused = Reading(ends=Ignored(IgnoredReason.FOREIGN_ACCOUNT))

    assert Asking(account=OURS).read(told) == refused
    assert Asking().read(told) != refused
    assert Asking(account=OURS).paths(told) == []


@pytest.mark.parametrize(
    "told",
    [
        event(SALE),
        {**event(SALE), "account": OURS},
        thin("checkout.session.completed", SOLD, context=None),
        thin("checkout.session.completed", SOLD, context=OURS),
    ],
)
def test_an_event_of_the_own_account_is_read(told: Json) -> None:
    assert Asking(account=OURS).payment(told).order_id == SOLD


@pytest.mark.parametrize(
    ("told", "what"),
    [
        ({**event(SALE), "type": None}, "type must be a text"),
        ({**event(SALE), "livemode": "true"}, "livemode must be true or false"),
        ({**event(SALE), "created": 2**70}, "created must be a whole number"),
        ({**event(SALE), "data": {"object": None}}, "data.object.id must be a text"),
        ({**event(SALE), "data": []}, "data must be an object"),
        ({**event(SALE), "created": 4102444800}, "created must lie between"),
        ({**thin("checkout.session.completed", SOLD), "related_object": None}, "related_object.id"),
        (event(SALE, id="a:b"), "data.object.id must be 1 to 200"),
    ],
)
def test_an_event_of_another_form_is_named_by_its_path(told: Json, what: str) -> None:
    ends = Asking().read(told).ends

    assert isinstance(ends, SaleInvalidError)
    assert what in ends.sentence
    Asking().named(told)


def test_an_unknown_version_is_read_like_a_known_one() -> None:
    told = {**event(SALE), "api_version": "2031-01-01.mallow"}
    assert Asking().payment(told) == Asking().payment(body_of(SALE))


def test_a_thin_and_a_whole_event_of_one_fact_have_keys_of_their_own() -> None:
    assert Asking().named(body_of(SALE)).event_key != Asking().named(body_of(THIN)).event_key
