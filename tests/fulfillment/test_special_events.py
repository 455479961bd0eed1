"""Events that are no plain sale: the test button, and orders that are taken back."""

import pytest

from fakes.postmark import FakePostmark
from mailers.postmark.service import PostmarkEmailService
from tests.support.pings import changed, order_of, recorded
from tests.support.running import Mintpost, Setup, running
from tests.support.stepping import stepping

# tests/db tests their queries on both databases, and test_order.py a whole sale.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

ORDINARY = recorded("01")
BUTTON = recorded("23")
UNMAPPED = changed(ORDINARY, product_id="new-product==")
OWNER = "owner@lumenapp.example"


async def test_test_button_runs_the_whole_chain_and_mails_the_operator(
    setup: Setup, mailer: PostmarkEmailService, postmark: FakePostmark
) -> None:
    setup.operator, setup.mailer = OWNER, mailer
    async with running(setup) as mintpost:
        await mintpost.ping(BUTTON)
        (event,) = await mintpost.settled_and_named()
        assert (event.kind, event.outcome) == ("test_ping", "fulfilled")
        assert event.workflow_id == "gumroad:event:1"
        (license_,) = await mintpost.licenses()
        assert (license_.order_id, license_.test) == ("test-1", True)
        (mail,) = postmark.accepted
        # The test carries the last real customer's data, but that customer must get no mail.
        assert mail.message["To"] == license_.email == OWNER
        assert mail.message["Subject"].startswith("[TEST] ")
        assert "Ada" not in mail.message["TextBody"]


async def test_test_button_leaves_the_sale_it_carries_alone(
    setup: Setup, mailer: PostmarkEmailService, postmark: FakePostmark
) -> None:
    setup.operator, setup.mailer = OWNER, mailer
    async with stepping(setup) as mintpost:
        await mintpost.ping(BUTTON)
        await mintpost.settled()
        await mintpost.ping(ORDINARY)
        sale, _ = await mintpost.settled()
        assert (sale.kind, sale.outcome) == ("sale", "fulfilled")
        assert sale.order_id == order_of(BUTTON)
        assert [mail.message["To"] for mail in postmark.accepted] == [
            OWNER,
            "ada.buyer@example.com",
        ]


async def test_order_that_is_refunded_while_it_waits_is_not_minted(mintpost: Mintpost) -> None:
    await mintpost.ping(UNMAPPED)
    await mintpost.parked()
    await mintpost.ping(changed(recorded("12"), product_id="new-product=="))
    refund, sale = await mintpost.settled()
    assert (refund.outcome, sale.outcome) == ("noted:no_license", "ignored:refunded")
    assert (sale.processed, sale.error) == (True, None)
    assert await mintpost.licenses() == []


async def test_order_that_is_disputed_while_it_waits_is_not_minted(mintpost: Mintpost) -> None:
    await mintpost.ping(UNMAPPED)
    await mintpost.parked()
    await mintpost.ping(changed(recorded("14"), sale_id=order_of(ORDINARY)))
    dispute, sale = await mintpost.settled()
    assert (dispute.outcome, sale.outcome) == ("noted:no_license", "ignored:disputed")


async def test_partial_refund_does_not_stop_a_sale(stepped: Mintpost) -> None:
    await stepped.ping(changed(recorded("13"), sale_id=order_of(ORDINARY)))
    await stepped.settled()
    await stepped.ping(ORDINARY)
    sale, _ = await stepped.settled()
    assert sale.outcome == "fulfilled"


async def test_dispute_that_was_won_does_not_stop_a_sale(stepped: Mintpost) -> None:
    dispute = changed(recorded("14"), sale_id=order_of(ORDINARY))
    won = changed(dispute, resource_name="dispute_won", dispute_won="true")
    await stepped.ping(dispute)
    await stepped.ping(won)
    await stepped.settled()
    await stepped.ping(ORDINARY)
    assert (await stepped.settled())[0].outcome == "fulfilled"
