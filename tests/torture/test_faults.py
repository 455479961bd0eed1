"""Faults report their effect, and also a fault without effect."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import URL
from temporalio.client import Client

from db.engine import Database, open_engine
from embedded.stack import Stack, StackPlan
from fakes.postmark import FakePostmark
from fakes.reactions import Reaction, Request
from tests.support.waiting import until
from tests.torture.shops import SHOP
from torture.database import SqliteStore
from torture.faults import Faults
from torture.plan import Disturbance, Fault

MAIL = Request("POST", "/email", {}, b'{"Metadata": {"delivery": "7"}}')


@asynccontextmanager
async def alone(tmp_path: Path) -> AsyncIterator[tuple[Faults, list[str]]]:
    """Yield the faults of a stack without processes, and their sentences."""
    nowhere = tmp_path / "missing" / "mintpost.db"
    database = Database(open_engine(URL.create("sqlite", database=str(nowhere))))
    stack = Stack(StackPlan(tmp_path, 1, 1, 1, {}))
    client = await Client.connect("127.0.0.1:1", lazy=True)
    said: list[str] = []
    postmark = FakePostmark()
    store = SqliteStore(nowhere)
    yield Faults(stack, postmark, store, database, client, SHOP, said.append), said
    database.dispose()


async def struck(faults: Faults, fault: Fault) -> Reaction:
    """Plan the fault, and apply it to one mail."""
    await faults.do_all([Disturbance(0, fault)])
    (reaction,) = faults.postmark.reactions
    assert reaction.meanwhile is not None
    await reaction.meanwhile(MAIL)
    return reaction


async def test_a_possibly_failed_reset_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("torture.faults.RESET_SECONDS", 0.2)
    async with alone(tmp_path) as (faults, said):
        await struck(faults, Fault.RESET_MAILING)
    assert said[0] == "a sale is reset while the provider has its mail (delivery 7)"
    assert said[1].startswith("that reset may not have been done (delivery 7): ")


async def test_a_failed_completion_is_reported_and_its_mail_is_accepted_again(
    tmp_path: Path,
) -> None:
    async with alone(tmp_path) as (faults, said):
        reaction = await struck(faults, Fault.COMPLETED_BY_HAND)
        assert faults.postmark.refused == {"7"}
        await until(lambda: gone(faults), "the person gives up")
    assert not reaction.kept
    assert said[0] == "a pending step is completed by hand while its mail is owed (delivery 7)"
    assert said[1].startswith("that step may not have been completed (delivery 7): ")


async def test_canceling_the_completions_stops_refusing_mails(tmp_path: Path) -> None:
    async with alone(tmp_path) as (faults, _):
        await struck(faults, Fault.COMPLETED_BY_HAND)
        await asyncio.sleep(0)
        faults.cancel_completions()
        await until(lambda: gone(faults), "the person is gone")


async def gone(faults: Faults) -> bool | None:
    return not faults.postmark.refused or None
