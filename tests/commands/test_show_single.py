"""`mintpost show` of events that run under no order's id, and of mails that nobody got."""

import asyncio
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from temporalio.client import Client

from db.answers import keep_completed
from domain.questions import Answer
from tests.support.commanding import Run, Shop
from tests.support.pings import recorded
from tests.support.running import Setup, running

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
TO_DO = (
    "it was only written into the outbox: nobody got it; "
    "set POSTMARK_TOKEN, then `mintpost resend --status logged`"
)


async def shown(mint: Run, name: str) -> Any:  # noqa: ANN401 - what JSON can say
    answer = await asyncio.to_thread(mint, "show", name, "--json")
    assert answer.err == ""
    return json.loads(answer.out)


@ON_SQLITE
@pytest.mark.usefixtures("shop")
async def test_the_row_is_shown_that_the_web_ui_names(mint: Run) -> None:
    whole = await shown(mint, "gumroad:event:3")
    assert [(event["id"], event["outcome"]) for event in whole["events"]] == [(3, "failed")]
    assert whole["workflow"]["id"] == "gumroad:event:3"
    assert whole["sales"] == whole["licenses"] == whole["deliveries"] == []


@ON_SQLITE
async def test_a_row_that_runs_under_its_order_names_that(shop: Shop, mint: Run) -> None:
    whole = await shown(mint, "gumroad:event:1")
    assert [event["id"] for event in whole["events"]] == [1]
    assert [sale["order_id"] for sale in whole["sales"]] == [shop.sold]
    assert whole["workflow"]["id"] == f"gumroad:{shop.sold}"


@ON_SQLITE
async def test_what_the_shop_was_asked_is_told_without_its_answers(shop: Shop, mint: Run) -> None:
    at = datetime(2026, 11, 28, 8, 20, tzinfo=UTC)
    answers = [
        Answer("/v1/orders/1?include=items", 200, b'{"email": "ada@example.com"}', at),
        Answer("/v1/orders/2", 404, b"{}", at + timedelta(minutes=1)),
    ]
    shop.mintpost.database.write_here(keep_completed, 1, "gumroad", answers, ())
    whole = await shown(mint, "gumroad:event:1")
    first = {"event_id": 1, "path": answers[0].path, "status": 200, "at": "2026-11-28T08:20:00Z"}
    assert whole["answers"][-1] == first
    answer = await asyncio.to_thread(mint, "show", "gumroad:event:1", terminal=80)
    told = re.sub(r"\x1b\[[\d;]*m", "", answer.out)
    lines = [" ".join(line.split()) for line in told.splitlines()]
    assert lines[lines.index("asked of the shop") + 1 :][:2] == [
        "2026-11-28 08:20 UTC event 1 answered /v1/orders/1?include=items",
        "2026-11-28 08:21 UTC event 1 unknown /v1/orders/2",
    ]
    assert all(len(line) <= 80 for line in told.splitlines())


@ON_SQLITE
@pytest.mark.usefixtures("shop")
async def test_a_row_that_is_not_there_is_unknown(mint: Run) -> None:
    for name in ("gumroad:event:99", "elsewhere:event:1", "gumroad:event:", "gumroad:test-1"):
        answer = await asyncio.to_thread(mint, "show", name)
        assert (answer.code, answer.out) == (1, "")


@ON_SQLITE
async def test_a_test_ping_is_shown_by_its_row_and_by_its_license(
    setup: Setup, client: Client, clean: pytest.MonkeyPatch, mint: Run
) -> None:
    url = setup.database.engine.url.render_as_string(hide_password=False)
    clean.setenv("DATABASE_URL", url)
    clean.setenv("TEMPORAL_ADDRESS", client.service_client.config.target_host)
    setup.operator = "owner@lumenapp.example"
    async with running(setup) as mintpost:
        await mintpost.ping(recorded("23"))
        await mintpost.settled()
        for name in ("gumroad:event:1", "gumroad:test-1"):
            whole = await shown(mint, name)
            assert [event["kind"] for event in whole["events"]] == ["test_ping"]
            parts = ("sales", "licenses")
            assert [each["order_id"] for part in parts for each in whole[part]] == ["test-1"] * 2
            assert [mail["to"] for mail in whole["deliveries"]] == [setup.operator]
            assert whole["workflow"]["id"] == "gumroad:event:1"


@ON_SQLITE
async def test_a_mail_that_was_only_written_down_says_what_to_do(shop: Shop, mint: Run) -> None:
    text = (await asyncio.to_thread(mint, "show", f"gumroad:{shop.sold}")).out
    assert TO_DO in text
