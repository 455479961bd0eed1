"""Refused payments of a subscription, which count as soon as another one has a license."""

from dataclasses import replace
from datetime import timedelta

import pytest

from db.dispatching import waiting_events
from db.engine import Database
from db.facts import keep_facts
from db.minting import mint_license
from db.reopening import refuse_order
from db.sales import save_sale
from db.views.lists import Filters, list_licenses
from domain.event import IgnoredReason, ignored
from domain.facts import Refund, SubscriptionState
from tests.db.rows import NOON, decision, license_of, mint, sale_of, store_event

REFUND = Refund("order-1", NOON, whole=True)
OUTCOME = ignored(IgnoredReason.REFUNDED)


@pytest.fixture
def refused(database: Database) -> int:
    """Return the event of a subscription's payment whose refund came first."""
    event = database.write_here(store_event)
    database.write_here(save_sale, event, sale_of("order-1", "sub"), NOON)
    database.write_here(keep_facts, event, "gumroad", [REFUND])
    return event


def test_license_of_another_payment_lets_a_refused_one_run_again(
    database: Database, refused: int
) -> None:
    assert database.write_here(refuse_order, refused, OUTCOME, NOON)
    database.write_here(mint, sale_of("order-2", "sub"))
    assert refused in [each.id for each in database.read_here(waiting_events, 10)]


def test_close_does_not_refuse_a_payment_whose_subscription_got_its_license(
    database: Database, refused: int
) -> None:
    database.write_here(mint, sale_of("order-2", "sub"))
    assert database.write_here(refuse_order, refused, OUTCOME, NOON) is None


def test_refunded_payment_counts_once_and_is_refused_for_good(
    database: Database, refused: int
) -> None:
    database.write_here(mint, replace(sale_of("order-2", "sub"), sold_at=NOON + timedelta(days=9)))
    sale = sale_of("order-1", "sub")
    sale_id = database.write_here(save_sale, refused, sale, NOON)
    new = license_of(sale_id, "ANOTHER-KEY", event_id=refused)
    minted = database.write_here(mint_license, sale, new, NOON)
    assert not isinstance(minted, IgnoredReason)
    assert (minted.refused, minted.delivery_id) == (IgnoredReason.REFUNDED, None)
    assert database.write_here(refuse_order, refused, OUTCOME, NOON)
    assert len(database.read_here(list_licenses, Filters())) == 1


@pytest.mark.parametrize("restarted", [False, True])
def test_close_refuses_a_payment_whose_trial_by_the_mapping_ended(
    database: Database,
    restarted: bool,  # noqa: FBT001 - a parameter of a test
) -> None:
    now = NOON + timedelta(days=20)
    ended = SubscriptionState("sub", NOON - timedelta(days=2), renews=False, ended=True)
    facts = [ended, replace(ended, at=NOON - timedelta(days=1), ended=False)]
    sale = replace(sale_of("order-1", "sub"), months=1)
    event = database.write_here(store_event)
    sale_id = database.write_here(save_sale, event, sale, NOON)
    database.write_here(keep_facts, event, "gumroad", facts[: 1 + restarted])
    new = license_of(sale_id, event_id=event)
    trial = replace(new, decision=replace(decision(), trial_days=14))
    if not restarted:
        assert database.write_here(mint_license, sale, trial, now) is IgnoredReason.ENDED
    closed = database.write_here(refuse_order, event, ignored(IgnoredReason.ENDED), now)
    assert (closed is None) == restarted
