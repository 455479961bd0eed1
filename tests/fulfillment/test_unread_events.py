"""Events from before the table of facts: a step reads them when it needs their facts."""

from sqlalchemy import delete, select

from db.tables import FactRow
from fakes.postmark import FakePostmark
from tests.fulfillment.corrected import RIGHT, UNMAPPED, WRONG, receivers, sale
from tests.fulfillment.test_copies import carries_another, map_and_settle, park
from tests.support.pings import changed, recorded
from tests.support.running import Mintpost, Setup
from tests.support.stepping import stepping


async def forget(mintpost: Mintpost) -> None:
    """Delete all facts, as after migration 0007."""
    await mintpost.database.write(lambda session: session.execute(delete(FactRow)))


async def kept(mintpost: Mintpost) -> list[int]:
    """Return the events that have facts."""
    query = select(FactRow.event_id).distinct().order_by(FactRow.event_id)
    return await mintpost.database.read(lambda session: [*session.scalars(query)])


async def test_parked_sale_is_minted_for_the_newest_copy_and_both_are_read_once(
    mailing: Mintpost, postmark: FakePostmark, order: str
) -> None:
    await park(mailing, order)
    await mailing.ping(sale(order, product_id=UNMAPPED, email=RIGHT))
    await forget(mailing)
    first, second = await map_and_settle(mailing)
    assert receivers(postmark) == [RIGHT]
    assert first == ("fulfilled", carries_another(order))
    assert second == ("duplicate", "the order was settled by event 1")
    assert await kept(mailing) == [1, 2]


async def test_refund_of_before_is_read_by_the_sale_that_waited(setup: Setup, order: str) -> None:
    async with stepping(setup) as mintpost:
        await mintpost.ping(changed(recorded("12"), sale_id=order))
        await mintpost.settled()
        await forget(mintpost)
        await mintpost.ping(sale(order))
        sold, refund = await mintpost.settled()
        assert (refund.outcome, sold.outcome) == ("noted:no_sale_yet", "ignored:refunded")
        assert await mintpost.licenses() == []
        assert await kept(mintpost) == [1, 2]


async def test_copy_of_an_order_settled_before_is_compared_with_its_sale(
    mailing_stepped: Mintpost, postmark: FakePostmark, order: str
) -> None:
    await mailing_stepped.ping(sale(order))
    await mailing_stepped.settled()
    await forget(mailing_stepped)
    for email in (RIGHT, WRONG):
        await mailing_stepped.ping(sale(order, email=email))
        await mailing_stepped.settled()
    rows = [(row.outcome, row.note) for row in reversed(await mailing_stepped.events())]
    settled = "the order was settled by event 1"
    assert rows == [
        ("fulfilled", None),
        ("duplicate", f"{settled}; {carries_another(order)}"),
        ("duplicate", settled),
    ]
    assert receivers(postmark) == [WRONG]
