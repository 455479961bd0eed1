"""Close looks into the database, and no event ends well while a step is owed."""

import pytest
from sqlalchemy import delete, text
from sqlalchemy.orm import Session
from temporalio.service import RPCError

from db.resends import NewResend, ask_resends
from db.tables import ChangeRow, DeliveryRow, LicenseRow, SaleRow
from fakes.postmark import FakePostmark
from kit.clock import utc_now
from mailers.postmark.service import PostmarkEmailService
from tests.fulfillment.test_by_hand import broken
from tests.support.histories import keep_history
from tests.support.pings import changed, recorded
from tests.support.running import Mintpost, Setup, running
from tests.support.waiting import until
from workflows.steps import ClosedOrder

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PRODUCTS = 'gumroad:\n  - {product_id: "sDOLRWAJ9iPxvwmpujenuA==", tier: s, months: 1}\n'

FORGETS_MAILS = """\
CREATE TRIGGER forgets AFTER UPDATE OF status ON deliveries WHEN new.status = 'accepted'
BEGIN UPDATE deliveries SET status = 'pending' WHERE id = new.id; END
"""


def lose_license(session: Session) -> None:
    """Reset the rows to an older backup."""
    for table in (DeliveryRow, ChangeRow, LicenseRow, SaleRow):
        session.execute(delete(table))


@ON_SQLITE
async def test_sale_whose_license_a_restored_database_lacks_is_minted_before_it_closes(
    mailing: Mintpost, postmark: FakePostmark
) -> None:
    order = "lost-before-its-close"
    with broken(mailing.database, "close"):
        await mailing.ping(changed(recorded("01"), sale_id=order))
        await mailing.pending(order, "close")
        await mailing.database.write(lose_license)
    (event,) = await mailing.settled()
    assert (event.outcome, event.error) == ("fulfilled", None)
    assert [row.status for row in await mailing.deliveries()] == ["accepted"]
    assert len(postmark.accepted) == 2
    await mailing.run_of(order).result()
    await keep_history("fulfill_sale.1.done-again-at-close", mailing.run_of(order))


@ON_SQLITE
async def test_resend_does_not_settle_a_charge_that_was_not_minted(
    setup: Setup, mailer: PostmarkEmailService
) -> None:
    setup.mailer, setup.products = mailer, PRODUCTS
    first = changed(recorded("05"), sale_id="member-first")
    charge = changed(recorded("06"), sale_id="member-charge")
    async with running(setup) as mintpost:
        await mintpost.ping(first)
        await mintpost.settled()
        with broken(mintpost.database, "mint"):
            await mintpost.ping(charge)
            parked = await mintpost.parked()
            asked = NewResend("gumroad", "member-charge", None, "operator", None)
            await mintpost.database.write(ask_resends, asked, utc_now())
            run = mintpost.run_of("member-charge:resend:1")

            async def ended() -> ClosedOrder | None:
                try:
                    return ClosedOrder(**await run.result())
                except RPCError:
                    return None  # It is not started yet.

            closed = await until(ended, "the resend has ended")
            assert (closed.rows, closed.owed) == (0, "mint")
            (event,) = await mintpost.events("member-charge")
            assert (event.outcome, event.error) == (None, parked.error)
        assert (await mintpost.settled())[0].outcome == "renewed"


@ON_SQLITE
async def test_sale_whose_mail_is_owed_still_fails_with_the_command_that_goes_on(
    mailing: Mintpost,
) -> None:
    order = "owed-still"
    await mailing.database.write(lambda session: session.execute(text(FORGETS_MAILS)))
    await mailing.ping(changed(recorded("01"), sale_id=order))
    (event,) = await mailing.settled()
    what = "its step email ended well twice, and the database does not hold its work"
    assert event.outcome == "failed"
    assert event.error == f"{what}; to go on: `mintpost replay gumroad:{order}`"
