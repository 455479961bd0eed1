"""A person resets a failed run: if it parks again, its event is open again."""

from functools import partial

import pytest

from db.resends import NewResend, ask_resends
from db.views.lists import EventLine, Filters, list_events
from fakes.postmark import FakePostmark
from fakes.reactions import ACCEPT, refuse
from kit.clock import utc_now
from tests.support.databases import ON_SQLITE
from tests.support.pings import changed, recorded
from tests.support.running import Mintpost
from tests.support.temporal import reset
from tests.support.waiting import until

MAPPED = '  - product_id: "new-product=="\n    tier: new\n'


def order_in(mintpost: Mintpost) -> str:
    return f"reset-{mintpost.task_queue}"


def sale(mintpost: Mintpost, **fields: str) -> bytes:
    return changed(recorded("01"), sale_id=order_in(mintpost), **fields)


async def listed(mintpost: Mintpost, status: str) -> list[EventLine]:
    return await mintpost.database.read(list_events, Filters(status=status))


async def terminated(mintpost: Mintpost) -> None:
    await mintpost.run_of(order_in(mintpost)).terminate()
    events = await mintpost.settled()
    assert {event.outcome for event in events} == {"failed"}


async def dispatched(mintpost: Mintpost) -> bool | None:
    """Tell whether the relay has started every event."""
    return all(event.workflow_id is not None for event in await mintpost.events()) or None


@ON_SQLITE
async def test_sale_that_parks_again_after_a_reset_is_parked(
    mailing: Mintpost, postmark: FakePostmark
) -> None:
    for _ in range(2):
        await mailing.ping(sale(mailing, product_id="new-product=="))
        await mailing.parked()
    await until(partial(dispatched, mailing), "both events belong to the run")
    parked = await mailing.pending(order_in(mailing), "mint")
    await terminated(mailing)

    await reset(mailing.client, mailing.run_of(order_in(mailing)))
    event = await mailing.parked()
    assert (event.error, event.processed) == (parked, False)
    assert [row.error for row in await listed(mailing, "parked")] == [parked, parked]
    assert await listed(mailing, "failed") == []

    mailing.products.write_text(mailing.products.read_text() + MAPPED)
    copy, first = await mailing.settled()
    assert (first.outcome, copy.outcome) == ("fulfilled", "duplicate")
    assert len(await mailing.licenses()) == len(postmark.accepted) == 1


@ON_SQLITE
async def test_sale_that_fails_again_after_a_reset_is_failed(
    mailing: Mintpost, postmark: FakePostmark
) -> None:
    postmark.default = refuse(401, 10)
    await mailing.ping(sale(mailing))
    await mailing.parked()
    await terminated(mailing)
    postmark.default = refuse(422, 406)
    await reset(mailing.client, mailing.run_of(order_in(mailing)))

    async def refused() -> EventLine | None:
        (event,) = await mailing.settled()
        return event if "of delivery" in str(event.error) else None

    assert (await until(refused, "the row tells the new failure")).outcome == "failed"
    assert await listed(mailing, "parked") == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_resend_that_waits_opens_no_failed_sale(
    mailing: Mintpost, postmark: FakePostmark
) -> None:
    postmark.default = refuse(422, 406)
    await mailing.ping(sale(mailing))
    (failed,) = await mailing.settled()
    postmark.default = refuse(401, 10)
    asked = NewResend("gumroad", order_in(mailing), "ada.right@example.com", "operator", None)
    await mailing.database.write(ask_resends, asked, utc_now())
    await mailing.pending(f"{order_in(mailing)}:resend:1", "email")
    correction, event = await mailing.events()
    assert correction.kind == "holder"
    assert (event.outcome, event.error) == ("failed", failed.error)
    postmark.default = ACCEPT

    async def settled_well() -> bool | None:
        return (await mailing.events())[1].outcome == "fulfilled" or None

    await until(settled_well, "the resend settles the sale")
