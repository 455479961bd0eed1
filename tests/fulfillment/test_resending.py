"""A person asks for one more license e-mail."""

from contextlib import suppress
from datetime import UTC, datetime

from temporalio.service import RPCError

from db.inserting import the_one
from db.resend_runs import mark_resends_dispatched, waiting_resends
from db.resends import NewResend, ask_resends, logged_orders
from db.tables import ResendRow
from fakes.postmark import FakePostmark
from fakes.reactions import ACCEPT, refuse
from kit.clock import utc_now
from mailers.postmark.service import PostmarkEmailService
from tests.support.databases import ON_SQLITE
from tests.support.pings import order_of, recorded
from tests.support.running import Mintpost, Setup, running
from tests.support.temporal import reset
from tests.support.waiting import until

ORDINARY = recorded("01")
ORDER = order_of(ORDINARY)
STUDIO = """\
gumroad:
  - product_id: "sDOLRWAJ9iPxvwmpujenuA=="
    tier: studio
    months: 1
"""


def again(to: str | None = None, why: str | None = None) -> NewResend:
    return NewResend("gumroad", ORDER, to, asked_by="operator", asked_why=why)


async def sent(mintpost: Mintpost, count: int) -> None:
    async def all_sent() -> bool | None:
        statuses = [delivery.status for delivery in await mintpost.deliveries()]
        return True if statuses.count("accepted") == count else None

    await until(all_sent, f"{count} deliveries are accepted")


async def test_resend_mails_the_same_key_once_more(
    mailing: Mintpost, postmark: FakePostmark
) -> None:
    await mailing.ping(ORDINARY)
    await mailing.settled()
    await mailing.database.write(ask_resends, again(), utc_now())
    await sent(mailing, 2)
    (license_,) = await mailing.licenses()
    assert all(license_.key in mail.message["TextBody"] for mail in postmark.accepted)
    run = mailing.client.get_workflow_handle(f"gumroad:{ORDER}:resend:1")
    assert (await run.result())["outcome"] == "fulfilled"


@ON_SQLITE
async def test_resend_to_a_corrected_address_settles_the_failed_sale(
    mailing: Mintpost, postmark: FakePostmark
) -> None:
    postmark.default = refuse(422, 406)
    await mailing.ping(ORDINARY)
    (event,) = await mailing.settled()
    assert event.outcome == "failed"
    postmark.default = ACCEPT
    resend = again("ada.right@example.com", "she wrote from ada.right@example.com")
    await mailing.database.write(ask_resends, resend, utc_now())

    async def settled() -> bool | None:
        _, event = await mailing.events()
        return True if (event.outcome, event.error) == ("fulfilled", None) else None

    await until(settled, "the sale is fulfilled")
    (mail,) = postmark.accepted
    (license_,) = await mailing.licenses()
    assert mail.message["To"] == license_.email == "ada.right@example.com"
    row = await mailing.database.read(the_one, ResendRow, number=1)
    assert row.previous_to == "ada.buyer@example.com"
    assert (row.asked_by, row.asked_why) == ("operator", "she wrote from ada.right@example.com")


@ON_SQLITE
async def test_reset_of_the_sale_after_a_resend_mails_nothing_more(
    mailing: Mintpost, postmark: FakePostmark
) -> None:
    postmark.default = refuse(422, 406)
    await mailing.ping(ORDINARY)
    await mailing.settled()
    postmark.default = ACCEPT
    await mailing.database.write(ask_resends, again("ada.right@example.com"), utc_now())
    await sent(mailing, 1)
    await reset(mailing.client, mailing.run_of(ORDER))
    await mailing.run_of(ORDER).result()
    assert [mail.message["To"] for mail in postmark.accepted] == ["ada.right@example.com"]


@ON_SQLITE
async def test_order_whose_mail_nobody_got_is_told_until_it_is_sent_again(setup: Setup) -> None:
    async with running(setup) as mintpost:
        await mintpost.ping(ORDINARY)
        await mintpost.settled()
    assert await setup.database.read(logged_orders) == [("gumroad", ORDER)]
    await setup.database.write(ask_resends, again(), utc_now())
    assert await setup.database.read(logged_orders) == []


@ON_SQLITE
async def test_resend_of_a_later_charge_settles_that_charge(
    setup: Setup, mailer: PostmarkEmailService, postmark: FakePostmark
) -> None:
    first, second = recorded("05"), recorded("06")
    setup.mailer, setup.products = mailer, STUDIO
    async with running(setup) as mailing:
        await mailing.ping(first)
        await mailing.settled()
        postmark.default = refuse(422, 406)
        await mailing.ping(second)
        await mailing.settled()
        postmark.default = ACCEPT
        charge = NewResend("gumroad", order_of(second), None, "operator", None)
        await setup.database.write(ask_resends, charge, utc_now())
        await sent(mailing, 2)
        run = mailing.client.get_workflow_handle(f"gumroad:{order_of(second)}:resend:1")
        await run.result()
        assert [event.outcome for event in await mailing.events()] == ["renewed", "fulfilled"]
        await reset(mailing.client, mailing.run_of(order_of(second)))
        await mailing.run_of(order_of(second)).result()
    assert len(postmark.accepted) == 2


@ON_SQLITE
async def test_resend_whose_run_temporal_lost_is_started_again(setup: Setup) -> None:
    async with running(setup) as mintpost:
        await mintpost.ping(ORDINARY)
        await mintpost.settled()
    await setup.database.write(ask_resends, again(), utc_now())
    (lost,) = await setup.database.read(waiting_resends)
    long_ago = datetime(2026, 9, 1, tzinfo=UTC)
    await setup.database.write(mark_resends_dispatched, lost.ids, long_ago)
    async with running(setup) as mintpost:

        async def logged() -> bool | None:
            return {line.status for line in await mintpost.deliveries()} == {"logged"} or None

        await until(logged, "the resend is logged")


@ON_SQLITE
async def test_resend_that_a_person_terminates_is_told_as_refused(
    mailing: Mintpost, postmark: FakePostmark
) -> None:
    await mailing.ping(ORDINARY)
    await mailing.settled()
    postmark.default = refuse(401, 10)
    (delivery_id,) = await mailing.database.write(ask_resends, again(), utc_now())
    run = mailing.client.get_workflow_handle(f"gumroad:{ORDER}:resend:1")

    async def terminated() -> bool | None:
        with suppress(RPCError):
            await run.terminate()
            return True
        return None

    async def refused() -> str | None:
        found = await mailing.deliveries()
        return next((line.error for line in found if line.status == "refused"), None)

    await until(terminated, "its run is terminated")
    sentence = await until(refused, f"delivery {delivery_id} is refused")
    command = f"mintpost resend gumroad:{ORDER}"
    assert (
        sentence
        == f"a person terminated its workflow in Temporal; to ask for it once more: `{command}`"
    )
