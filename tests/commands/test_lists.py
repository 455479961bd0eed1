"""The lists: JSON for programs, tables that fit a terminal for people."""

import asyncio
import json
import re

import pytest
from sqlalchemy import URL, update
from sqlalchemy.orm import Session

from db.acting import NewAct, record_act
from db.tables import LicenseRow
from domain.event import EventKind
from domain.facts import Act
from kit.clock import utc_now
from tests.support.commanding import SENTENCE, Run, Shop

EVENT = "id source kind order_id received_at processed outcome error note workflow_id origin test"
LICENSE = (
    "id key source order_id line product_id tier email name seats status reason renews test "
    "issued_at expires_at grace_until devices device_limit"
)
DELIVERY = "id license_id to status provider message_id attempts error sent_at"
KEYS = {"events": EVENT, "licenses": LICENSE, "deliveries": DELIVERY}
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
LISTS = ["events", "sales", "licenses", "deliveries"]
ESCAPES = re.compile(r"\x1b\[[0-9;]*m")
RED = re.compile(r"\x1b\[[0-9;]*31m *revoked")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


@ON_SQLITE
@pytest.mark.usefixtures("shop")
async def test_json_has_the_keys_that_others_rely_on(mint: Run) -> None:
    for name, keys in KEYS.items():
        answer = await asyncio.to_thread(mint, name, "--json")
        newest = json.loads(answer.out)[0]
        assert [key for key in newest if key in keys.split()] == keys.split(), name


@ON_SQLITE
async def test_json_tells_all_of_an_event(shop: Shop, mint: Run) -> None:
    answer = await asyncio.to_thread(mint, "events", "--json")
    parked, failed, duplicate, sold = json.loads(answer.out)
    assert TIME.fullmatch(parked.pop("received_at"))
    assert parked == {
        "id": 4,
        "source": "gumroad",
        "kind": "sale",
        "order_id": shop.parked,
        "processed": False,
        "outcome": None,
        "error": SENTENCE,
        "note": None,
        "workflow_id": f"gumroad:{shop.parked}",
        "origin": "webhook",
        "test": False,
    }
    assert (failed["order_id"], failed["outcome"], failed["processed"]) == (None, "failed", False)
    assert (duplicate["outcome"], duplicate["processed"]) == ("duplicate", True)
    assert (sold["outcome"], sold["error"]) == ("fulfilled", None)


@ON_SQLITE
async def test_act_stands_under_the_name_that_show_finds(shop: Shop, mint: Run) -> None:
    act = Act(shop.sold, utc_now(), EventKind.SEATS, "Grace", seats=2)
    await shop.mintpost.database.write(record_act, NewAct("gumroad", act), utc_now())
    answer = await asyncio.to_thread(mint, "events", "--source", "operator")
    row = answer.out.splitlines()[1]
    assert shop.sold in row
    assert f":{shop.sold}" not in row
    shown = await asyncio.to_thread(mint, "show", shop.sold)
    assert shown.out.startswith(f"gumroad:{shop.sold}")


@ON_SQLITE
@pytest.mark.usefixtures("shop")
async def test_the_options_choose(mint: Run) -> None:
    chosen = {
        ("events", "--status", "open"): [4],
        ("events", "--status", "parked"): [4],
        ("events", "--status", "duplicate"): [2],
        ("events", "--source", "gumroad", "--limit", "2"): [4, 3],
        ("events", "--since", "1h"): [4, 3, 2, 1],
        ("events", "--since", "2999-01-01"): [],
        ("events", "--limit", "99999999999999999999"): [4, 3, 2, 1],
        ("sales", "--status", "fulfilled"): [1],
        ("events", "--status", "applied"): [],
        ("licenses", "--status", "active"): [1],
        ("licenses", "--status", "expired"): [],
        ("licenses", "--source", "operator"): [],
        ("deliveries", "--status", "logged"): [1],
        ("deliveries", "--status", "pending"): [],
        ("events", "--live"): [4, 3, 2, 1],
        ("events", "--test"): [],
        ("licenses", "--live"): [1],
        ("licenses", "--test"): [],
        ("deliveries", "--test"): [],
    }
    for arguments, ids in chosen.items():
        answer = await asyncio.to_thread(mint, *arguments, "--json")
        assert [line["id"] for line in json.loads(answer.out)] == ids, arguments


@ON_SQLITE
@pytest.mark.usefixtures("shop")
async def test_a_terminal_of_80_columns_is_enough(mint: Run) -> None:
    for name in LISTS:
        answer = await asyncio.to_thread(mint, name, terminal=80)
        lines = ESCAPES.sub("", answer.out).splitlines()
        assert len(lines) > 1
        assert max(map(len, lines)) <= 80, name


@ON_SQLITE
async def test_a_person_sees_what_an_event_waits_for(shop: Shop, mint: Run) -> None:
    answer = await asyncio.to_thread(mint, "events", terminal=80)
    lines = [line.rstrip() for line in ESCAPES.sub("", answer.out).splitlines()]
    assert lines[0].split() == ["id", "received", "status", "kind", "order"]
    assert re.search(r" UTC, \d+ (s|min) ago +parked +sale +gumroad:", lines[1])
    assert lines[1].endswith(shop.parked)
    assert lines[2] == f"    {SENTENCE}"


@ON_SQLITE
async def test_status_has_a_color_on_a_terminal_alone(
    shop: Shop, mint: Run, clean: pytest.MonkeyPatch
) -> None:
    revoked = update(LicenseRow).values(status="revoked", reason="refunded")
    shop.mintpost.database.write_here(Session.execute, revoked)
    clean.setenv("TERM", "xterm")
    colored = await asyncio.to_thread(mint, "licenses", terminal=80)
    assert RED.search(colored.out)
    assert "refunded, " in colored.out
    clean.setenv("NO_COLOR", "1")
    plain = await asyncio.to_thread(mint, "licenses", terminal=80)
    assert "revoked" in plain.out
    assert not RED.search(plain.out)


@ON_SQLITE
async def test_where_no_terminal_is_a_row_is_a_line(shop: Shop, mint: Run) -> None:
    answer = await asyncio.to_thread(mint, "events")
    (line,) = (line for line in answer.out.splitlines() if shop.parked in line)
    assert line.endswith(f"gumroad:{shop.parked}  {SENTENCE}")


@ON_SQLITE
@pytest.mark.usefixtures("shop")
async def test_a_mail_that_was_only_logged_is_not_taken_for_sent(mint: Run) -> None:
    answer = await asyncio.to_thread(mint, "deliveries")
    assert answer.out.splitlines()[-1].endswith("  only written into the outbox: nobody got it")


@pytest.mark.parametrize("name", LISTS)
def test_an_empty_list_is_no_error(
    name: str, sqlite: URL, mint: Run, clean: pytest.MonkeyPatch
) -> None:
    clean.setenv("DATABASE_URL", sqlite.render_as_string())
    assert mint(name).out == f"no {name}\n"
    assert mint(name, "--json").out == "[]\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["events", "--status", "lost"],
        ["licenses", "--status", "fulfilled"],
        ["sales", "--source", "gumraod"],
        ["events", "--since", "yesterday"],
        ["events", "--since", "999999w"],
        ["events", "--limit", "0"],
        ["events", "--order", "x"],
    ],
)
def test_what_cannot_be_meant_is_refused_with_2(arguments: list[str], mint: Run) -> None:
    answer = mint(*arguments)
    assert (answer.code, answer.out) == (2, "")
    assert arguments[1] in answer.err
