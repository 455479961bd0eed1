"""Temporal dies, with or without its data, and every sale continues after its return."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import closing, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from temporalio.client import Client
from typing_extensions import override

from db.dispatching import WaitingEvent
from embedded.child import Child, spawn
from embedded.ports import HOST, free_ports
from embedded.temporal_server import server_command
from fakes.postmark import FakePostmark
from relay.starter import Starter, TemporalAwayError
from settings.environment import plain_environment
from tests.support.outages import Gate
from tests.support.pings import changed, recorded
from tests.support.running import Mintpost, Setup, running
from tests.support.waiting import until

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ORDINARY = recorded("01")


class OwnTemporal:
    """A Temporal server of one test, which may kill it. The port stays the same."""

    def __init__(self, folder: Path, *, forgetful: bool) -> None:
        port, ui_port = free_ports(2)
        self.address = f"{HOST}:{port}"
        self.folder = folder
        command = server_command(folder / "temporal.db", HOST, port, ui_port)
        self.command = [word for word in command if not (forgetful and "-db-" in word)]
        if forgetful:
            self.command = [word for word in self.command if "sqlite-pragma" not in word]
        self.child: Child | None = None

    async def start(self) -> Client:
        self.child = await spawn(
            "temporal", self.command, plain_environment(), directory=None, logs=self.folder
        )
        return await until(self.connected, "Temporal answers")

    async def connected(self) -> Client | None:
        try:
            return await Client.connect(self.address)
        except RuntimeError:
            return None

    async def kill(self) -> None:
        if self.child is not None:
            await self.child.kill()

    def signal(self, number: signal.Signals) -> None:
        if self.child is not None:
            self.child.process.send_signal(number)


@pytest.fixture(params=[False, True], ids=["with-its-file", "with-nothing-in-memory"])
async def temporal(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[OwnTemporal]:
    own = OwnTemporal(tmp_path, forgetful=request.param)
    yield own
    await own.kill()


async def waiting(mintpost: Mintpost, words: str) -> None:
    async def told() -> bool | None:
        newest = (await mintpost.events())[0]
        return words in (newest.error or "") or None

    await until(told, f"the newest row says {words!r}")


@ON_SQLITE
async def test_sales_before_and_during_an_outage_go_on_after_it(
    mailing: Setup, postmark: FakePostmark, temporal: OwnTemporal
) -> None:
    mailing.client = await temporal.start()
    async with running(mailing) as mintpost:
        await mintpost.ping(changed(ORDINARY, sale_id="before==", product_id="new-product=="))
        await mintpost.pending("before==", "mint")
        await temporal.kill()
        answer = await mintpost.ping(changed(ORDINARY, sale_id="during=="))
        assert answer.status_code == 200
        await waiting(mintpost, "Temporal cannot be reached")
        mapping = mintpost.products.read_text()
        mintpost.products.write_text(f'{mapping}  - product_id: "new-product=="\n    tier: new\n')
        await temporal.start()
        outcomes = [event.outcome for event in await mintpost.settled()]
    assert outcomes == ["fulfilled", "fulfilled"]
    assert len(postmark.accepted) == 2


@ON_SQLITE
async def test_temporal_that_hangs_holds_up_no_answer_and_no_other_row(
    mailing: Setup, postmark: FakePostmark, tmp_path: Path
) -> None:
    hanging = OwnTemporal(tmp_path, forgetful=False)
    mailing.client = await hanging.start()
    try:
        async with running(mailing) as mintpost:
            hanging.signal(signal.SIGSTOP)
            for order in ("first==", "second=="):
                answer = await mintpost.ping(changed(ORDINARY, sale_id=order))
                assert answer.status_code == 200
            await waiting(mintpost, "Temporal cannot be reached")
            hanging.signal(signal.SIGCONT)
            events = await mintpost.settled()
    finally:
        await hanging.kill()
    assert {event.outcome for event in events} == {"fulfilled"}
    assert len(postmark.accepted) == 2


class LateGate(Gate):
    """Holds back the server's answers until `prompt` is set."""

    def __init__(self, target: str) -> None:
        super().__init__(target)
        self.prompt = asyncio.Event()
        self.prompt.set()

    @override
    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(*self.target.split(":"))
        pours = (self.pour(reader, back, asks=True), self.pour(there, writer, asks=False))
        self.pipes |= {asyncio.create_task(each) for each in pours}

    async def pour(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, *, asks: bool
    ) -> None:
        with closing(target), suppress(ConnectionError):
            while data := await source.read(65536):
                if not asks:
                    await self.prompt.wait()
                target.write(data)


async def test_start_whose_answer_comes_too_late_is_joined_by_the_next_one(client: Client) -> None:
    gate = LateGate(client.service_client.config.target_host)
    await gate.open()
    order = f"gumroad:late-{uuid4()}"
    sale = WaitingEvent(1, "gumroad", "sale", order, None)
    run = client.get_workflow_handle(order)
    try:
        slow = await Client.connect(gate.address)
        hasty = Starter(slow, "nobody-works-on-this", patience=timedelta(milliseconds=500))
        gate.prompt.clear()
        with pytest.raises(TemporalAwayError):
            await hasty.start(sale, order)
        begun = await run.describe()
        gate.prompt.set()
        await replace(hasty, patience=timedelta(seconds=30)).start(sale, order)
        assert (await run.describe()).run_id == begun.run_id
    finally:
        await gate.close()
        await run.terminate()
