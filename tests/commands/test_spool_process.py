"""The spool of a real process that is killed in an outage, and `mintpost show` beside it."""

import asyncio
import json
from pathlib import Path
from stat import S_IMODE

import pytest

from embedded.ports import HOST, free_ports
from relay.spool import Spool
from tests.api.raw_http import exchange, request, status
from tests.api.test_api_process import answers, start
from tests.support.commanding import Run
from tests.support.outages import database_away
from tests.support.pings import changed, recorded
from tests.support.running import Setup, running
from tests.support.spooling import drained, spooled
from tests.support.waiting import until

ORDER = "spooled-order=="
BODY = changed(recorded("01"), sale_id=ORDER)


async def sent(url: str) -> bool | None:
    """Come again after a 503, as Gumroad does."""
    form = "Content-Type: application/x-www-form-urlencoded"
    target = "/webhooks/gumroad?secret=secret-of-the-process"
    answer = await exchange(url, request("POST", target, form, body=BODY))
    return True if status(answer) == 200 else None


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_ping_survives_kill_9_in_an_outage_and_is_shown_before_it_is_a_row(
    setup: Setup, tmp_path: Path, clean: pytest.MonkeyPatch, mint: Run
) -> None:
    setup.with_worker, database = False, setup.database
    environment = {"DATA_DIR": str(tmp_path), "TEMPORAL_ADDRESS": f"{HOST}:1"}
    secret = {"GUMROAD_WEBHOOK_SECRET": "secret-of-the-process"}
    spool = Spool(tmp_path / "spool")
    (port,) = free_ports(1)
    url = f"http://{HOST}:{port}"
    child = await start(tmp_path, port, **environment, **secret)
    try:
        await answers(url, child)
        with database_away(database.engine.url):
            await until(lambda: sent(url), "a disk that is not too slow takes the request")
            child.process.kill()
            await child.process.wait()
        kept = {(new.request_id, new.received_at) for new in spooled(spool)}
        for name, value in environment.items():
            clean.setenv(name, value)
        shown = await asyncio.to_thread(mint, "show", f"gumroad:{ORDER}", "--json")
    finally:
        await child.stop()
    async with running(setup):  # Its API is not the one that spooled.
        rows = await drained(spool, database)
    assert {(row.request_id, row.received_at) for row in rows} == kept
    assert {(row.body, row.order_id) for row in rows} == {(BODY, ORDER)}
    assert S_IMODE(spool.folder.stat().st_mode) == 0o700
    found = {each["request_id"] for each in json.loads(shown.out)["spooled"]}
    assert (shown.code, found) == (0, {str(request_id) for request_id, _ in kept})
