"""Names of events that change nothing."""

import pytest

from domain.event import EventKind, IgnoredReason, NotedReason
from domain.facts import (
    Ignored,
    Reading,
    Waits,
)
from storefronts.base import Naming
from storefronts.paddle.storefront import Paddle
from tests.storefronts.paddle.bodies import (
    ONE_TIME,
    changed,
    kind,
    read,
)

IGNORED = [
    "transaction.paid",
    "transaction.created",
    "transaction.ready",
    "transaction.billed",
    "transaction.updated",
    "transaction.revised",
    "transaction.canceled",
    "transaction.past_due",
    "transaction.payment_failed",
    "subscription.activated",
    "subscription.trialing",
    "subscription.past_due",
    "subscription.imported",
    "customer.created",
    "customer.updated",
    "address.created",
    "address.updated",
    "business.imported",
    "product.created",
    "price.updated",
    "discount.created",
    "payout.paid",
    "payment_method.saved",
    "report.created",
    "api_key.expiring",
    "client_token.revoked",
    "api_key_exposure.created",
]


@pytest.mark.parametrize("name", IGNORED)
def test_known_name_that_is_not_needed_is_ignored_by_it(name: str) -> None:
    request = changed(ONE_TIME, {"event_type": name, "data": {"id": "x"}})

    assert read(request) == Reading(ends=Ignored(name))
    assert kind(request) == EventKind.KNOWN


@pytest.mark.parametrize(
    "name",
    ["customer.imported", "transaction.", "price", "invoice.paid", "price.new me@example.net", ""],
)
def test_name_in_no_table_is_an_unknown_event(name: str) -> None:
    request = changed(ONE_TIME, {"event_type": name, "data": [1]})

    assert read(request).ends == Waits(NotedReason.UNKNOWN_EVENT)
    naming = Paddle().name_request(request)
    assert naming == Naming(EventKind.UNKNOWN, event_key=naming.event_key)


@pytest.mark.parametrize("name", ["transaction.completed", "adjustment.updated", "moon.full"])
@pytest.mark.parametrize("field", ["notification_id", "event_id"])
def test_simulation_is_refused_whatever_it_tells(name: str, field: str) -> None:
    simulated = {"event_type": name, field: "ntfsimevt_01k", "data": None}

    assert read(changed(ONE_TIME, simulated)) == Reading(ends=Ignored(IgnoredReason.SIMULATION))
