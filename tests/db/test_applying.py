"""Facts that are applied to licenses: once, and again when a step is repeated."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from db.applying import Applied, NewFacts, apply_event
from db.dispatching import waiting_events
from db.engine import Database
from db.events import load_event
from db.facts import keep_facts
from db.orders import close_row
from db.reopening import refuse_order, reopen_overdue
from db.sales import save_sale
from db.views.lists import Filters, LicenseLine, list_deliveries, list_licenses
from domain.decisions import Decision
from domain.event import EventKind, IgnoredReason, ignored
from domain.facts import Act, Dispute, Fact, Refund, SubscriptionState
from domain.sale import Product
from tests.db.rows import NOON, decision, license_of, mint, minted, sale_of, store_end, store_event

DAY = timedelta(days=1)
LATER = NOON + 10 * DAY
REFUND = Refund("order-1", NOON, whole=True)
WON = Dispute("order-1", NOON, "won")
OPEN = Dispute("order-1", NOON, "open")
PRO = replace(decision(), tier="studio", quantity=7)


def state(at: datetime = NOON, **parts: object) -> SubscriptionState:
    return replace(SubscriptionState("sub", at), **parts)  # type: ignore[arg-type]


def applied(  # noqa: PLR0913, PLR0917 - one event with its moment
    session: Session,
    fact: Fact,
    kind: str,
    event_id: int | None = None,
    plan: Decision | None = None,
    now: datetime = NOON,
) -> Applied:
    event_id = event_id or store_event(session, getattr(fact, "order_id", None), kind)
    plans = {} if plan is None else {0: plan}
    return apply_event(session, NewFacts(event_id, kind, "gumroad", (fact,), plans), now)


def the_license(database: Database) -> LicenseLine:
    (found,) = database.read_here(list_licenses, Filters())
    return found


def test_refund_revokes_and_a_repeated_step_tells_the_same(database: Database) -> None:
    database.write_here(mint, sale_of())
    event = database.write_here(store_event, "order-1", "refund")
    first = database.write_here(applied, REFUND, "refund", event)
    again = database.write_here(applied, REFUND, "refund", event)
    license_ = the_license(database)
    assert (license_.status, license_.reason) == ("revoked", "refunded")
    assert first == again == Applied("applied", (f"license {license_.id} revoked (refunded)",))
    assert database.read_here(load_event, event).note == first.told[0]


def test_repeated_step_still_owes_the_mail_of_a_gain(database: Database) -> None:
    database.write_here(mint, sale_of())
    database.write_here(applied, OPEN, "dispute")
    event = database.write_here(store_event, "order-1", "dispute_won")
    first = database.write_here(applied, WON, "dispute_won", event)
    assert first == database.write_here(applied, WON, "dispute_won", event)
    (delivery,) = first.delivery_ids
    mails = {mail.id: mail for mail in database.read_here(list_deliveries, Filters())}
    assert (mails[delivery].reason, mails[delivery].status) == (f"event:{event}", "pending")
    (withdrawn,) = (mail for mail in mails.values() if mail.id != delivery)
    assert (withdrawn.reason, withdrawn.status) == ("sale", "withdrawn")


@pytest.mark.parametrize(
    ("fact", "outcome"),
    [
        (REFUND, "noted:no_sale_yet"),
        (state(renews=False), "noted:no_sale_yet"),
        (replace(REFUND, whole=False), "noted:no_sale_yet"),
    ],
)
def test_fact_without_a_sale_is_noted(database: Database, fact: Fact, outcome: str) -> None:
    assert database.write_here(applied, fact, "refund").outcome == outcome


def test_facts_of_another_storefront_change_nothing(database: Database) -> None:
    database.write_here(mint, sale_of())
    event = database.write_here(store_event, "order-1", "refund")
    new = NewFacts(event, "refund", "another", (REFUND,))
    assert database.write_here(apply_event, new, NOON).outcome == "noted:no_sale_yet"
    database.write_here(applied, replace(REFUND, whole=False), "refund")
    assert the_license(database).status == "active"


def test_partial_refund_is_noted(database: Database) -> None:
    database.write_here(mint, sale_of())
    part = database.write_here(applied, replace(REFUND, whole=False, amount=100), "refund")
    assert part.outcome == "noted:partial_refund"
    rest = database.write_here(applied, replace(REFUND, whole=False, amount=2800), "refund")
    assert (rest.outcome, the_license(database).status) == ("noted:partial_refund", "active")


def test_partial_refunds_with_ids_add_up(database: Database) -> None:
    database.write_here(mint, sale_of())
    for number, amount in enumerate((100, 2800)):
        part = replace(REFUND, whole=False, amount=amount, refund_id=f"re_{number}")
        database.write_here(applied, part, "refund")
    assert the_license(database).reason == "refunded"


def test_first_grace_of_an_older_membership_is_no_news(database: Database) -> None:
    database.write_here(mint, sale_of("order-1", "sub"))
    database.write_here(store_end, "2026-10-01 23:59:59")
    event = database.write_here(store_event, "order-1", "refund")
    for _ in range(2):
        part = database.write_here(applied, replace(REFUND, whole=False), "refund", event)
        assert (part.outcome, part.told) == ("noted:partial_refund", ())
    assert the_license(database).grace_until is not None


def test_plan_ahead_waits_for_its_moment(database: Database) -> None:
    database.write_here(mint, sale_of("order-1", "sub"))
    event = database.write_here(store_event, None, "subscription_updated")
    plan = state(LATER, product=Product("product-2", "Lumen"), seats=7)
    first = database.write_here(applied, plan, "subscription_updated", event, PRO)
    assert (first.outcome, first.again_at) == ("noted:effective_later", LATER)
    assert the_license(database).tier == "pro"
    then = database.write_here(applied, plan, "subscription_updated", event, PRO, LATER)
    assert (then.outcome, then.again_at) == ("applied", None)
    assert (the_license(database).tier, the_license(database).seats) == ("studio", 7)


def test_lost_timer_loses_no_change(database: Database) -> None:
    database.write_here(mint, sale_of("order-1", "sub"))
    event = database.write_here(store_event, None, "subscription_updated")
    plan = state(LATER, product=Product("product-2", "Lumen"), seats=7)
    waits = database.write_here(applied, plan, "subscription_updated", event, PRO)
    database.write_here(close_row, event, waits.outcome, NOON)
    assert database.write_here(reopen_overdue, LATER - DAY) == 0
    assert database.write_here(reopen_overdue, LATER + DAY) == 1
    assert event in [each.id for each in database.read_here(waiting_events, 10)]


def test_copy_that_tells_a_known_refund_is_a_duplicate(database: Database) -> None:
    database.write_here(mint, sale_of())
    database.write_here(applied, REFUND, "refund")
    assert database.write_here(applied, REFUND, "sale").outcome == "duplicate"


def test_refunds_of_an_order_count_against_all_of_its_lines(database: Database) -> None:
    database.write_here(mint, sale_of())
    second = replace(sale_of(), line="2", price=100)
    event = database.write_here(store_event)
    sale_id = database.write_here(save_sale, event, second, NOON)
    database.write_here(minted, second, license_of(sale_id, "KEY-2", event_id=event))
    for number, (amount, status) in enumerate([(2900, "active"), (100, "revoked")]):
        part = replace(REFUND, whole=False, amount=amount, refund_id=f"re_{number}")
        database.write_here(applied, part, "refund")
        lines = database.read_here(list_licenses, Filters())
        assert [each.status for each in lines] == [status] * 2


def test_fact_that_is_told_again_changes_nothing(database: Database) -> None:
    database.write_here(mint, sale_of())
    for _ in range(3):
        database.write_here(applied, REFUND, "refund")
    outcomes = [database.write_here(applied, REFUND, "refund").outcome for _ in range(2)]
    assert outcomes == ["noted:no_change"] * 2


def refused(database: Database) -> int:
    """Return the event of a sale that an open dispute kept from its license."""
    event = database.write_here(store_event)
    sale_id = database.write_here(save_sale, event, sale_of(), NOON)
    database.write_here(keep_facts, event, "gumroad", [OPEN])
    with pytest.raises(AssertionError, match="disputed"):
        database.write_here(minted, sale_of(), license_of(sale_id))
    return event


def test_won_dispute_lets_a_refused_order_run_again(database: Database) -> None:
    event, outcome = refused(database), ignored(IgnoredReason.DISPUTED)
    assert database.write_here(refuse_order, event, outcome, NOON) == 1
    won = database.write_here(applied, WON, "dispute_won")
    assert (won.outcome, database.read_here(load_event, event).outcome) == (
        "noted:no_license",
        None,
    )


def test_restoration_by_hand_lets_a_refused_order_run_again(database: Database) -> None:
    event = database.write_here(store_event)
    sale_id = database.write_here(save_sale, event, sale_of(), NOON)
    revoked = Act("order-1", NOON, EventKind.REVOKE, by="ada")
    database.write_here(applied, revoked, EventKind.REVOKE)
    with pytest.raises(AssertionError, match="by_hand"):
        database.write_here(minted, sale_of(), license_of(sale_id))
    database.write_here(refuse_order, event, ignored(IgnoredReason.BY_HAND), NOON)
    restored = replace(revoked, act=EventKind.RESTORE, at=NOON + DAY)
    database.write_here(applied, restored, EventKind.RESTORE, now=NOON + DAY)
    assert database.read_here(load_event, event).outcome is None
    assert database.write_here(minted, sale_of(), license_of(sale_id), NOON + DAY).delivery_id


def test_close_does_not_refuse_an_order_whose_dispute_was_won_since(database: Database) -> None:
    event, outcome = refused(database), ignored(IgnoredReason.DISPUTED)
    database.write_here(applied, WON, "dispute_won")
    assert database.write_here(refuse_order, event, outcome, NOON) is None
    assert database.read_here(load_event, event).outcome is None
