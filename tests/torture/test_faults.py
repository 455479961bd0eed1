"""Faults say what they did, and what came to nothing."""

from pathlib import Path

import pytest
from sqlalchemy import URL
from temporalio.client import Client

from commands.stack import Stack, StackPlan
from commands.torture.fake_postmark import FakePostmark
from commands.torture.faults import Faults
from commands.torture.plan import Disturbance, Fault
from commands.torture.reactions import Request
from commands.torture.store import SqliteStore
from db.engine import Database, open_engine

MAIL = Request("POST", "/email", {}, b'{"Metadata": {"delivery": "7"}}')


async def test_a_reset_that_may_not_have_been_done_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("commands.torture.faults.BESIDE", 0.2)
    nowhere = tmp_path / "missing" / "mintpost.db"
    database = Database(open_engine(URL.create("sqlite", database=str(nowhere))))
    stack = Stack(StackPlan(tmp_path, 1, 1, 1, {}))
    client = await Client.connect("127.0.0.1:1", lazy=True)
    said: list[str] = []
    postmark = FakePostmark()
    faults = Faults(stack, postmark, SqliteStore(nowhere), database, client, said.append)
    await faults.do_all([Disturbance(0, Fault.RESET_MAILING)])
    (reaction,) = postmark.reactions
    assert reaction.meanwhile is not None
    await reaction.meanwhile(MAIL)
    database.dispose()
    assert said[0] == "a sale is reset while the provider has its mail (delivery 7)"
    assert said[1].startswith("that reset may not have been done (delivery 7): ")
