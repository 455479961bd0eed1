"""Lines of a subscription: each has its license, and each payment counts for all of them."""

from dataclasses import replace

import pytest
from sqlalchemy import update

from db.engine import Database
from db.inserting import the_one
from db.licenses import find_minted
from db.remaps import load_held
from db.stories import story_of_license
from db.tables import LicenseRow, SaleRow
from domain.errors import FirstPaymentRunsError
from domain.facts import Refund, SubscriptionState
from domain.sale import Product
from tests.db.lines import (
    DAY,
    FEBRUARY,
    MARCH,
    A,
    B,
    C,
    applied,
    charge_of,
    end_of,
    ends,
    half_minted,
    licenses,
    line_of,
    mint_order,
    two,
)
from tests.db.rows import NOON, decision, license_of, minted, sale_of


def test_one_renewal_extends_both_licenses_and_its_refund_takes_both_back(
    database: Database,
) -> None:
    two(database)
    renewed = database.write_here(
        mint_order, charge_of("order-2", "x", B), charge_of("order-2", "y", A)
    )
    assert [each.renewed for each in renewed] == [True, True]
    assert [each.license.order_id for each in renewed] == ["order-1", "order-1"]
    assert ends(database) == {"1": end_of(MARCH), "2": end_of(MARCH)}
    refunded = database.write_here(applied, Refund("order-2", NOON + 40 * DAY, whole=True))
    assert len(refunded.told) == 2
    assert ends(database) == {"1": end_of(FEBRUARY), "2": end_of(FEBRUARY)}
    assert {each.status for each in licenses(database).values()} == {"active"}


def test_refund_of_the_first_order_alone_revokes_each_license(database: Database) -> None:
    two(database)
    database.write_here(applied, Refund("order-1", NOON, whole=True))
    assert {each.status for each in licenses(database).values()} == {"revoked"}


def test_parts_of_a_refund_add_up_to_the_whole_order(database: Database) -> None:
    two(database)
    for amount, status in ((2900, "active"), (2900, "revoked")):
        part = Refund("order-1", NOON, whole=False, amount=amount, refund_id=f"{status}")
        database.write_here(applied, part)
        assert {each.status for each in licenses(database).values()} == {status}


def test_charge_counts_for_the_license_that_it_was_paired_with(database: Database) -> None:
    two(database)
    charges = charge_of("order-2", "x", C), charge_of("order-2", "y", B)
    done = database.write_here(mint_order, *charges)
    for sale, each in zip(charges, done, strict=True):
        found = database.read_here(find_minted, sale)
        assert found is not None
        assert (found.license.id, found.delivery_id) == (each.license.id, each.delivery_id)
        held = database.read_here(load_held, each.license.id)
        assert [paid.sale.line for paid in held.story.payments] == [held.sale.line, sale.line]
    assert len(licenses(database)) == 2


def test_each_license_stays_with_its_line_after_both_plans_changed(database: Database) -> None:
    two(database)
    first = database.write_here(
        mint_order, charge_of("order-2", "x", C), charge_of("order-2", "y", "price_d")
    )
    later = charge_of("order-3", "x", "price_d"), charge_of("order-3", "y", C)
    second = database.write_here(mint_order, *later)
    assert [each.license.id for each in second] == [each.license.id for each in reversed(first)]


def test_line_beyond_the_licenses_mints_one_of_its_own(database: Database) -> None:
    database.write_here(mint_order, line_of("1", A))
    done = database.write_here(
        mint_order, charge_of("order-2", "x", A), charge_of("order-2", "y", B)
    )
    assert [each.renewed for each in done] == [True, False]
    again = database.write_here(
        mint_order, charge_of("order-3", "y", B), charge_of("order-3", "x", A)
    )
    assert [each.license.id for each in again] == [done[1].license.id, done[0].license.id]


def test_line_that_comes_back_to_an_old_plan_mints_under_another_name(database: Database) -> None:
    database.write_here(mint_order, line_of("1", A))
    database.write_here(mint_order, charge_of("order-2", "x", C))
    back = charge_of("order-3", "x", C), charge_of("order-3", "y", A)
    done = database.write_here(mint_order, *back)
    assert [each.renewed for each in done] == [True, False]
    names = database.read_here(
        lambda session: {row.subscription_line for row in session.query(LicenseRow)}
    )
    assert names == {A, f"{A}#2"}


def test_charge_waits_for_the_first_payment_of_its_line_that_still_runs(database: Database) -> None:
    event_id, second = database.write_here(half_minted)
    charges = charge_of("order-2", "x", A), charge_of("order-2", "y", B)
    with pytest.raises(FirstPaymentRunsError):
        database.write_here(mint_order, *charges)
    new = license_of(second, "KEY-2", event_id=event_id)
    database.write_here(minted, line_of("2", B), new)
    done = database.write_here(mint_order, *charges)
    assert [each.renewed for each in done] == [True, True]


def test_payment_from_before_lines_counts_for_the_only_license(database: Database) -> None:
    database.write_here(mint_order, replace(sale_of("order-1", "sub"), paid_until=FEBRUARY))
    database.write_here(mint_order, charge_of("order-2", "1", ""))
    database.write_here(lambda session: session.execute(update(SaleRow).values(license_id=None)))
    (done,) = database.write_here(mint_order, charge_of("order-3", "1", "", MARCH + 30 * DAY))
    assert done.renewed
    found = database.read_here(find_minted, charge_of("order-2", "1", ""))
    assert found is not None
    assert found.license.id == done.license.id
    held = database.read_here(load_held, done.license.id)
    assert [paid.sale.order_id for paid in held.story.payments] == ["order-1", "order-2", "order-3"]


def test_state_of_a_line_changes_the_license_of_that_line(database: Database) -> None:
    two(database)
    state = SubscriptionState(
        "sub", NOON, seats=7, product=Product("p", "Lumen"), line=B, among=(A, B)
    )
    studio = replace(decision(), tier="studio", quantity=7)
    database.write_here(applied, state, kind="subscription_updated", plan=studio)
    assert {line: each.tier for line, each in licenses(database).items()} == {
        "1": "pro",
        "2": "studio",
    }


def test_state_before_its_line_is_minted_changes_that_line_in_the_end(database: Database) -> None:
    event_id, second = database.write_here(half_minted)
    state = SubscriptionState("sub", NOON, product=Product("p", "Lumen"), line=B, among=(B, C))
    studio = replace(decision(), tier="studio")
    database.write_here(applied, state, kind="subscription_updated", plan=studio)
    assert licenses(database)["1"].tier == "studio"
    new = license_of(second, "KEY-2", event_id=event_id)
    database.write_here(minted, line_of("2", B), new)
    tiers = {line: each.tier for line, each in licenses(database).items()}
    assert tiers == {"1": "pro", "2": "studio"}


def test_refund_of_an_order_without_the_line_is_not_its_own(database: Database) -> None:
    two(database)
    database.write_here(mint_order, charge_of("order-2", "x", A))
    row = database.read_here(the_one, LicenseRow, line="2")
    story = database.read_here(lambda session: story_of_license(session, row))
    assert "order-2" not in {paid.sale.order_id for paid in story.payments} | story.refused
