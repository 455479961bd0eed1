"""The relay from events to workflows, against a real Temporal."""

import asyncio
import logging
import socket
from dataclasses import replace
from datetime import timedelta
from itertools import count, islice
from uuid import uuid4

import pytest
from temporalio.client import Client
from typing_extensions import override

from db.dispatching import WaitingEvent, waiting_events
from db.engine import Database
from db.requests import store_request
from embedded.ports import HOST
from kit.loop import Pauses
from kit.temporal_outages import OUTAGES
from relay.dispatcher import Dispatcher
from relay.starter import Starter, TemporalAwayError
from storefronts.gumroad.storefront import Gumroad
from tests.db.rows import new_request, store_event
from tests.support.outages import Gate
from tests.support.relaying import (
    ON_SQLITE,
    dispatcher_for,
    lines,
    relaying,
    unique,
    until_started,
)
from tests.support.waiting import until
from workflows.names import SALE_PRODUCT, SALE_SOURCE


async def test_rows_left_by_a_crash_are_started(database: Database, client: Client) -> None:
    orders = [unique(), unique()]
    for order in orders:
        await database.write(store_event, order)
    assert await dispatcher_for(database, client).look()
    for line in await lines(database):
        assert line.workflow_id == f"gumroad:{line.order_id}"
        await client.get_workflow_handle(line.workflow_id).describe()


@ON_SQLITE
async def test_more_rows_than_a_batch_are_all_started(database: Database, client: Client) -> None:
    order = unique()
    for _ in range(101):
        await database.write(store_event, order)
    assert await dispatcher_for(database, client).look()
    assert await database.read(waiting_events, 1) == []


@ON_SQLITE
async def test_rows_start_in_order_of_arrival_once_temporal_is_back(
    database: Database, gate: Gate, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    orders = [unique() for _ in range(3)]
    for order in orders:
        await database.write(store_event, order)
    through_gate = await Client.connect(gate.address, lazy=True)

    async def all_tell() -> bool | None:
        return all(line.error for line in await lines(database)) or None

    async def said() -> bool | None:
        return "sales start again" in caplog.text or None

    async with relaying(dispatcher_for(database, through_gate)):
        await until(all_tell, "every row tells what it waits for")
        waiting = {line.error for line in await lines(database)}
        await gate.open()
        await until_started(database)
        await until(said, "the relay says that sales start again")
    assert waiting == {f"waiting to start, which happens by itself: {OUTAGES['CLOSED']}"}
    newest_first = await lines(database)
    assert [line.order_id for line in reversed(newest_first)] == orders
    assert {line.error for line in newest_first} == {None}
    starts = [
        (await through_gate.get_workflow_handle(f"gumroad:{order}").describe()).start_time
        for order in orders
    ]
    assert starts == sorted(starts)
    assert caplog.text.count("Temporal cannot be reached") == 1


async def test_start_ends_within_its_patience_where_temporal_hangs() -> None:
    # The kernel accepts the connection, and no program answers.
    with socket.create_server((HOST, 0)) as silent:
        hanging = await Client.connect(f"{HOST}:{silent.getsockname()[1]}", lazy=True)
        starter = Starter(hanging, "unused", patience=timedelta(milliseconds=200))
        async with asyncio.timeout(2):
            with pytest.raises(TemporalAwayError):
                await starter.start(WaitingEvent(1, "gumroad", "sale", "o", None), "gumroad:o")


@ON_SQLITE
async def test_new_row_is_started_when_the_relay_is_woken(
    database: Database, client: Client
) -> None:
    dispatcher = dispatcher_for(database, client)
    dispatcher.pauses = Pauses(idle=timedelta(hours=1))
    async with relaying(dispatcher):
        await database.write(store_event, unique())
        dispatcher.wake()
        await until_started(database)


def test_pause_is_fifteen_seconds_at_most() -> None:
    assert Pauses().longest <= timedelta(seconds=15)
    assert Pauses().idle <= Pauses().longest


def test_pauses_grow_up_to_the_longest() -> None:
    pauses = Pauses(shortest=timedelta(seconds=1), longest=timedelta(seconds=6))
    assert list(islice(pauses.growing(), 5)) == [1, 2, 4, 6, 6]


@ON_SQLITE
async def test_it_looks_on_however_often_it_fails(database: Database, client: Client) -> None:
    looks = count(1)
    enough = asyncio.Event()

    class Failing(Dispatcher):
        @override
        async def look(self) -> bool:
            if next(looks) == 14:
                enough.set()
            return False

    pauses = Pauses(shortest=timedelta(milliseconds=1), longest=timedelta(milliseconds=16))
    async with relaying(Failing(database, Starter(client), {}, pauses=pauses)):
        # Without a limit, the pauses would add up to eight seconds.
        async with asyncio.timeout(3):
            await enough.wait()


@ON_SQLITE
async def test_workflow_is_found_by_source_and_product(database: Database, client: Client) -> None:
    order, product = unique(), f"product-{uuid4()}"
    await database.write(store_request, replace(new_request(order), product_id=product))
    await dispatcher_for(database, client).look()
    found = await client.get_workflow_handle(f"gumroad:{order}").describe()
    assert found.typed_search_attributes[SALE_SOURCE] == "gumroad"
    assert found.typed_search_attributes[SALE_PRODUCT] == product


@ON_SQLITE
@pytest.mark.parametrize("character", ["a", "😀", "`", "\N{ARABIC LETTER ALEF}"])
async def test_longest_ids_never_stall(database: Database, client: Client, character: str) -> None:
    order = f"{character}{unique()}".ljust(200, character)
    await database.write(store_request, replace(new_request(order), product_id=character * 200))
    assert await dispatcher_for(database, client).look()
    assert await database.read(waiting_events, 1) == []


@ON_SQLITE
async def test_row_that_cannot_be_started_stalls_no_other_and_waits_with_its_sentence(
    database: Database, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    # A moved spool may hold a request for a storefront of a newer version.
    await database.write(store_request, new_request(unique(), source="later"))
    await database.write(store_event, unique())
    storefronts = {"gumroad": Gumroad(())}
    dispatcher = dispatcher_for(database, client, storefronts)
    assert [await dispatcher.look(), await dispatcher.look()] == [True, True]
    assert caplog.text.count("event 1 cannot be started: unexpected KeyError") == 1
    other, refused = await lines(database)
    assert other.workflow_id is not None
    assert refused.workflow_id is None
    assert refused.error is not None
    assert refused.error.startswith("waiting to start, which happens by itself: unexpected KeyErr")

    storefronts["later"] = storefronts["gumroad"]
    assert await dispatcher.look()
    _, started = await lines(database)
    assert (started.error, started.workflow_id) == (None, f"gumroad:{started.order_id}")
