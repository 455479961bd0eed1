"""The relay and late events of settled orders."""

from sqlalchemy import update
from temporalio.client import Client

from db.dispatching import WaitingEvent
from db.engine import Database
from db.orders import close_row
from db.tables import EventRow
from tests.db.rows import NOON, store_event
from tests.support.pings import changed, recorded
from tests.support.relaying import ON_SQLITE, dispatcher_for, lines, unique
from tests.support.running import Mintpost


async def fulfilled(mintpost: Mintpost) -> str:
    order = unique()
    await mintpost.ping(changed(recorded("01"), sale_id=order))
    (event,) = await mintpost.settled()
    assert event.outcome == "fulfilled"
    # The event is closed a moment before its run ends.
    await mintpost.run_of(order).result()
    return order


@ON_SQLITE
async def test_completed_and_settled_order_makes_a_duplicate_with_its_note(
    mintpost: Mintpost,
) -> None:
    order = await fulfilled(mintpost)
    dispatcher = dispatcher_for(mintpost.database, mintpost.client)
    first = (await mintpost.events())[0].id
    # Not stored, so that the app's relay cannot settle the event before this start.
    await dispatcher.start(WaitingEvent(first + 1, "gumroad", "sale", order, None))
    assert dispatcher.woken.is_set()
    await mintpost.database.write(store_event, order)
    assert await dispatcher.look()
    newest = (await mintpost.events())[0]
    assert (newest.outcome, newest.note) == ("duplicate", f"the order was settled by event {first}")
    assert len([run async for run in mintpost.client.list_workflows(of_order(order))]) == 1


async def test_completed_order_that_the_database_does_not_know_runs_again(
    mintpost: Mintpost,
) -> None:
    order = await fulfilled(mintpost)
    first = await mintpost.run_of(order).describe()
    forget = update(EventRow).values(outcome=None, dispatched_at=None, closed_at=None)
    await mintpost.database.write(lambda session: session.execute(forget))
    (event,) = await mintpost.settled()
    again = await mintpost.run_of(order).describe()
    assert event.outcome == "fulfilled"
    assert again.run_id != first.run_id
    assert len(await mintpost.licenses()) == len(await mintpost.deliveries()) == 1


def of_order(order: str) -> str:
    return f'WorkflowId = "gumroad:{order}"'


@ON_SQLITE
async def test_refund_whose_id_temporal_knows_runs_again_though_its_sale_is_settled(
    mintpost: Mintpost,
) -> None:
    order = await fulfilled(mintpost)
    refund = changed(recorded("12"), sale_id=order)
    await mintpost.ping(refund)
    newest = (await mintpost.settled())[0]
    assert (newest.kind, newest.outcome) == ("refund", "applied")
    forget = (
        update(EventRow).where(EventRow.id == newest.id).values(outcome=None, dispatched_at=None)
    )
    await mintpost.database.write(lambda session: session.execute(forget))
    assert (await mintpost.settled())[0].outcome == "applied"


@ON_SQLITE
async def test_late_row_of_a_settled_order_starts_nothing(
    database: Database, client: Client
) -> None:
    order = unique()
    first = await database.write(store_event, order)
    await database.write(close_row, first, "fulfilled", NOON)
    await database.write(store_event, order)
    assert await dispatcher_for(database, client).look()
    late = (await lines(database))[0]
    assert (late.outcome, late.workflow_id) == ("duplicate", None)
