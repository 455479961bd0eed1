"""Refunds, disputes and renewals around a sale, through the real workflow."""

import asyncio
from datetime import timedelta

import pytest

from domain.license import Term
from fakes.postmark import FakePostmark
from fakes.reactions import ACCEPT, refuse
from kit.clock import utc_now
from tests.fulfillment.corrected import MAPPED, MONTHLY, UNMAPPED, sale
from tests.support.histories import keep_history
from tests.support.lives import changes, days_ago, in_gumroads_form, lives, sold_at
from tests.support.pings import changed, recorded
from tests.support.running import Mintpost, Setup, running
from tests.support.temporal import event_types, reset

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
DOWN = refuse(401, 10)


def refund(order: str, **fields: str) -> bytes:
    return changed(recorded("12"), sale_id=order, **fields)


def dispute(order: str) -> bytes:
    return changed(recorded("14"), sale_id=order)


def won(order: str) -> bytes:
    return changed(recorded("15"), sale_id=order)


async def sent(mintpost: Mintpost, *bodies: bytes) -> list[str | None]:
    """Send the bodies, each when the one before has ended. Return all outcomes by arrival."""
    for body in bodies:
        await mintpost.ping(body)
        await mintpost.settled_and_named()
    return [row.outcome for row in reversed(await mintpost.events())]


async def statuses(mintpost: Mintpost) -> list[str]:
    return [mail.status for mail in reversed(await mintpost.deliveries())]


@ON_SQLITE
async def test_refund_of_a_sale_has_seven_history_events(mintpost: Mintpost, order: str) -> None:
    assert await sent(mintpost, sale(order), refund(order)) == ["fulfilled", "applied"]
    run = mintpost.client.get_workflow_handle("gumroad:event:2")
    await run.result()
    assert (await event_types(run))[3:] == [
        "WORKFLOW_TASK_COMPLETED",
        "MARKER_RECORDED",
        "MARKER_RECORDED",
        "WORKFLOW_EXECUTION_COMPLETED",
    ]
    await keep_history("apply_event.1.undisturbed", run)


@ON_SQLITE
async def test_reset_of_an_applied_refund_changes_and_tells_nothing_more(
    mintpost: Mintpost, order: str
) -> None:
    await sent(mintpost, sale(order), refund(order))
    run = mintpost.client.get_workflow_handle("gumroad:event:2")
    await run.result()
    await reset(mintpost.client, run)
    await mintpost.client.get_workflow_handle("gumroad:event:2").result()
    row = (await mintpost.events())[0]
    assert (row.outcome, row.note) == ("applied", "license 1 revoked (refunded)")
    assert await changes(mintpost.database) == [2]


@ON_SQLITE
async def test_sale_that_a_dispute_kept_from_its_license_is_minted_when_the_dispute_is_won(
    mailing: Mintpost, postmark: FakePostmark, order: str
) -> None:
    await mailing.ping(sale(order, product_id=UNMAPPED))
    await mailing.parked()
    assert await sent(mailing, dispute(order)) == ["ignored:disputed", "noted:no_license"]
    mailing.products.write_text(mailing.products.read_text() + MAPPED)
    assert await sent(mailing, won(order)) == ["fulfilled", "noted:no_license", "noted:no_license"]
    assert len(postmark.accepted) == len(await lives(mailing.database)) == 1
    assert "its sale runs again" in ((await mailing.events())[0].note or "")
    await mailing.run_of(order).result()
    await keep_history("fulfill_sale.1.refused-then-minted", mailing.run_of(order))


@ON_SQLITE
async def test_sale_that_failed_and_was_refunded_is_not_minted_by_reset_or_copy(
    mintpost: Mintpost, order: str
) -> None:
    outcomes = await sent(mintpost, sale(order, email="no address"), refund(order))
    assert outcomes == ["failed", "noted:no_sale_yet"]
    await reset(mintpost.client, mintpost.run_of(order))
    await sent(mintpost, sale(order))
    assert (await mintpost.events())[0].outcome == "ignored:refunded"
    await reset(mintpost.client, mintpost.run_of(order))
    await mintpost.run_of(order).result()
    assert await lives(mintpost.database) == {}


@ON_SQLITE
@pytest.mark.parametrize("fulfilled", [True, False])
async def test_copy_that_was_refunded_takes_the_license_back(
    mailing: Mintpost, postmark: FakePostmark, order: str, *, fulfilled: bool
) -> None:
    if not fulfilled:
        postmark.default = refuse(422, 406)
    before = await sent(mailing, sale(order))
    assert before == ["fulfilled" if fulfilled else "failed"]
    outcomes = await sent(mailing, sale(order, refunded="true"))
    assert outcomes == ["fulfilled" if fulfilled else "duplicate", "applied"]
    assert (await mailing.events())[0].note == "license 1 revoked (refunded)"
    assert (await lives(mailing.database))[order].reason == "refunded"
    if not fulfilled:
        await mailing.run_of(order).result()
        await keep_history("fulfill_sale.1.handed-to-apply", mailing.run_of(order))


@ON_SQLITE
async def test_mail_that_waits_is_withdrawn_with_its_license_and_one_mail_comes_with_it_again(
    mailing: Mintpost, postmark: FakePostmark, order: str
) -> None:
    postmark.default = DOWN
    await mailing.ping(sale(order))
    await mailing.pending(order, "email")
    await mailing.ping(dispute(order))
    await mailing.settled_and_named()
    assert await statuses(mailing) == ["withdrawn"]
    postmark.default = ACCEPT
    outcomes = await sent(mailing, won(order))
    assert outcomes == ["fulfilled", "applied", "applied"]
    assert await statuses(mailing) == ["withdrawn", "accepted"]
    assert len(postmark.accepted) == 1
    run = mailing.client.get_workflow_handle("gumroad:event:3")
    await run.result()
    await keep_history("apply_event.1.with-mail", run)


@ON_SQLITE
async def test_refund_of_a_renewal_takes_back_one_period(setup: Setup, order: str) -> None:
    setup.products = MONTHLY
    joined = days_ago(20)
    first = sold_at(recorded("05"), joined, sale_id=order, subscription_id=order)
    charge = sold_at(recorded("06"), days_ago(5), sale_id=f"2{order}", subscription_id=order)
    async with running(setup) as mintpost:
        outcomes = await sent(mintpost, first, charge, refund(f"2{order}"))
        life = (await lives(mintpost.database))[order]
    assert outcomes == ["fulfilled", "renewed", "applied"]
    end = Term(months=1).end(joined)
    assert (life.status, life.expires_at) == ("active", end)


@ON_SQLITE
async def test_plan_that_changes_later_is_applied_by_itself_at_its_time(
    setup: Setup, order: str
) -> None:
    agency = MONTHLY + (
        '  - {product_id: "sDOLRWAJ9iPxvwmpujenuA==", variant: {Tier: Agency}, tier: agency}\n'
    )
    setup.products = agency
    first = sold_at(recorded("05"), days_ago(5), sale_id=order, subscription_id=order)
    async with running(setup) as mintpost:
        await sent(mintpost, first)
        at = utc_now() + timedelta(seconds=3)
        later = changed(recorded("21"), subscription_id=order, effective_as_of=in_gumroads_form(at))
        _, outcome = await sent(mintpost, later)
        # A machine may be so slow that the moment has come.
        assert outcome == "noted:effective_later" or utc_now() > at
        run = mintpost.client.get_workflow_handle("gumroad:event:2")
        await run.result()
        assert (await mintpost.events())[0].outcome == "applied"
        life = (await lives(mintpost.database))[order]
        await keep_history("apply_event.1.effective-later", run)
    assert (life.tier, life.seats, life.changes_at) == ("agency", 3, None)


async def test_refunds_at_once_change_the_license_once(mintpost: Mintpost, order: str) -> None:
    await sent(mintpost, sale(order))
    copies = [refund(order), refund(order, email="ada.other@example.com")]
    await asyncio.gather(*(mintpost.ping(body) for body in copies * 5))
    await mintpost.settled_and_named()
    outcomes = sorted(str(row.outcome) for row in await mintpost.events())
    assert outcomes == ["applied", "fulfilled", *["noted:no_change"] * 9]
    assert len(await changes(mintpost.database)) == 1
    assert (await lives(mintpost.database))[order].reason == "refunded"
