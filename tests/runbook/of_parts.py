"""Situations of a part that is away: the worker, Temporal, the database, the shop's secret."""

from dataclasses import replace
from datetime import timedelta

from temporalio.client import Client
from typing_extensions import override

from relay.store import StorePatience
from tests.runbook.room import ORDINARY, Room
from tests.runbook.situations import Situation
from tests.support.outages import Gate, database_away
from tests.support.pings import changed
from tests.support.running import UNHURRIED

HURRIED = StorePatience(database=timedelta(milliseconds=50), spool=UNHURRIED.spool)


class NoWorker(Situation):
    title = "No worker asks for work"

    @override
    async def begin(self, room: Room) -> str:
        await room.move(with_worker=False)
        await room.sell()
        return await room.warning("worker")

    @override
    async def mend(self, room: Room) -> None:
        await room.work()


class TemporalAway(Situation):
    title = "Temporal is away"
    gate: Gate

    @override
    async def begin(self, room: Room) -> str:
        self.gate = Gate(room.setup.client.service_client.config.target_host)
        room.stack.push_async_callback(self.gate.close)
        there = room.setup.client
        await room.move(
            client=await Client.connect(self.gate.address, lazy=True), with_worker=False
        )
        room.setup = replace(room.setup, client=there)
        await room.sell()
        return await room.sentence("Temporal")

    @override
    async def mend(self, room: Room) -> None:
        await self.gate.open()
        await room.work()


class DatabaseAway(Situation):
    title = "The database is away"

    @override
    async def begin(self, room: Room) -> str:
        await room.move(storing=HURRIED)
        with database_away(room.setup.database.engine.url):
            await room.sell()
            return await room.warning("spool")


class CallsRefused(Situation):
    title = "Calls of a shop are refused"

    @override
    async def begin(self, room: Room) -> str:
        sale = changed(ORDINARY, sale_id=room.order)
        answer = await room.mintpost.ping(sale, secret="not-the-right-secret")
        assert answer.status_code == 404
        return await room.warning("refused")

    @override
    async def mend(self, room: Room) -> None:
        await room.sell()
