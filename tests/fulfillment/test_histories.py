"""Each path of the workflow as a history. `make histories` records new paths."""

import pytest

from db.resends import NewResend, ask_resends
from fakes.postmark import FakePostmark
from fakes.reactions import ACCEPT, refuse
from kit.clock import utc_now
from mailers.postmark.service import PostmarkEmailService
from tests.support.histories import keep_history
from tests.support.lives import days_ago, sold_at
from tests.support.pings import changed, order_of, recorded
from tests.support.running import Mintpost, Setup, running
from tests.support.temporal import event_types, reset
from tests.support.waiting import until

ORDINARY = recorded("01")
ORDER = order_of(ORDINARY)
UNMAPPED = changed(ORDINARY, product_id="new-product==")

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def ended(mintpost: Mintpost) -> list[str]:
    """Wait for the end of the order's latest run; return its event types."""
    run = mintpost.run_of(ORDER)

    async def closed() -> bool | None:
        found = await run.describe()
        return True if found.close_time is not None else None

    await until(closed, "the run has ended")
    return await event_types(run)


async def test_undisturbed_sale(mailing: Mintpost) -> None:
    await mailing.ping(ORDINARY)
    await mailing.settled()
    assert (await ended(mailing)).count("MARKER_RECORDED") == 4
    await keep_history("fulfill_sale.1.undisturbed", mailing.run_of(ORDER))


async def test_ping_that_is_ignored(mailing: Mintpost) -> None:
    await mailing.ping(changed(ORDINARY, refunded="true"))
    (event,) = await mailing.settled()
    assert event.outcome == "ignored:refunded"
    assert (await ended(mailing)).count("MARKER_RECORDED") == 2
    await keep_history("fulfill_sale.1.ignored", mailing.run_of(ORDER))


async def test_sale_that_waited_for_its_product(mintpost: Mintpost) -> None:
    await mintpost.ping(UNMAPPED)
    await mintpost.parked()
    mapping = mintpost.products.read_text()
    mintpost.products.write_text(f'{mapping}  - product_id: "new-product=="\n    tier: new\n')
    await mintpost.settled()
    assert (await ended(mintpost)).count("ACTIVITY_TASK_COMPLETED") == 1
    await keep_history("fulfill_sale.1.parked-at-mint", mintpost.run_of(ORDER))


async def test_sale_that_waited_for_its_provider(mailing: Mintpost, postmark: FakePostmark) -> None:
    postmark.default = refuse(401, 10)
    await mailing.ping(ORDINARY)
    await mailing.parked()
    postmark.default = ACCEPT
    await mailing.settled()
    assert (await ended(mailing)).count("ACTIVITY_TASK_COMPLETED") == 1
    await keep_history("fulfill_sale.1.parked-at-email", mailing.run_of(ORDER))


async def test_sale_that_failed_at_its_first_step(mailing: Mintpost) -> None:
    await mailing.ping(changed(ORDINARY, email="no address"))
    await mailing.settled()
    assert (await ended(mailing))[-1] == "WORKFLOW_EXECUTION_FAILED"
    await keep_history("fulfill_sale.1.failed-at-parse", mailing.run_of(ORDER))


async def test_sale_that_failed_at_its_mail_and_was_reset(
    mailing: Mintpost, postmark: FakePostmark
) -> None:
    postmark.default = refuse(422, 406)
    await mailing.ping(ORDINARY)
    await mailing.settled()
    assert (await ended(mailing))[-1] == "WORKFLOW_EXECUTION_FAILED"
    await keep_history("fulfill_sale.1.failed-at-email", mailing.run_of(ORDER))

    postmark.default = ACCEPT
    await reset(mailing.client, mailing.run_of(ORDER))
    assert (await ended(mailing))[-1] == "WORKFLOW_EXECUTION_COMPLETED"
    await keep_history("fulfill_sale.1.failed-then-reset", mailing.run_of(ORDER))


async def test_completed_sale_that_was_reset(mailing: Mintpost) -> None:
    await mailing.ping(ORDINARY)
    await mailing.settled()
    await ended(mailing)
    await reset(mailing.client, mailing.run_of(ORDER))
    assert (await ended(mailing))[-1] == "WORKFLOW_EXECUTION_COMPLETED"
    await keep_history("fulfill_sale.1.completed-then-reset", mailing.run_of(ORDER))


async def test_charge_that_extends_a_license_and_one_that_moves_nothing(
    setup: Setup, mailer: PostmarkEmailService
) -> None:
    setup.mailer = mailer
    setup.products = 'gumroad:\n  - {product_id: "sDOLRWAJ9iPxvwmpujenuA==", tier: s, months: 1}\n'
    first, charge = sold_at(recorded("05"), days_ago(20)), sold_at(recorded("06"), days_ago(5))
    between = sold_at(recorded("06"), days_ago(10), sale_id="late==")
    async with running(setup) as mintpost:
        for body in (first, charge, between):
            await mintpost.ping(body)
            await mintpost.settled()
            await mintpost.run_of(order_of(body)).result()
        assert (await event_types(mintpost.run_of(order_of(charge)))).count("MARKER_RECORDED") == 4
        assert (await event_types(mintpost.run_of("late=="))).count("MARKER_RECORDED") == 3
        await keep_history("fulfill_sale.1.renewed", mintpost.run_of(order_of(charge)))
        await keep_history("fulfill_sale.1.renewed-nothing", mintpost.run_of("late=="))


async def test_order_that_was_taken_back_while_it_waited(mintpost: Mintpost) -> None:
    await mintpost.ping(UNMAPPED)
    await mintpost.parked()
    await mintpost.ping(changed(recorded("12"), product_id="new-product=="))
    await mintpost.settled()
    assert (await ended(mintpost))[-1] == "WORKFLOW_EXECUTION_COMPLETED"
    await keep_history("fulfill_sale.1.taken-back", mintpost.run_of(ORDER))


async def test_resend(mailing: Mintpost) -> None:
    await mailing.ping(ORDINARY)
    await mailing.settled()
    resend = NewResend("gumroad", ORDER, None, "operator", None)
    await mailing.database.write(ask_resends, resend, utc_now())
    run = mailing.client.get_workflow_handle(f"gumroad:{ORDER}:resend:1")

    async def done() -> bool | None:
        statuses = [delivery.status for delivery in await mailing.deliveries()]
        return True if statuses == ["accepted", "accepted"] else None

    await until(done, "both mails are accepted")
    await run.result()
    assert (await event_types(run)).count("MARKER_RECORDED") == 2
    await keep_history("resend_license.1.undisturbed", run)
