"""`mintpost show` of a request that is answered and in no database yet."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import URL

import operations.show
from db.engine import Database
from db.requests import NewRequest, store_request
from relay.spool import Spool, put_back
from tests.db.rows import new_request
from tests.support.commanding import Run
from tests.support.outages import events_locked

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ORDER = "gumroad:order-1"


@pytest.fixture
def spool(clean: pytest.MonkeyPatch, database_url: URL, tmp_path: Path) -> Spool:
    clean.setenv("DATABASE_URL", database_url.render_as_string(hide_password=False))
    clean.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    clean.setenv("DATA_DIR", str(tmp_path / "data"))
    return Spool(tmp_path / "data" / "spool")


@pytest.fixture
def kept_request(spool: Spool) -> NewRequest:
    kept_request = new_request("order-1")
    spool.keep(kept_request)
    spool.keep(new_request("order-2"))
    return kept_request


@ON_SQLITE
def test_it_is_shown_with_its_time(kept_request: NewRequest, mint: Run) -> None:
    whole = json.loads(mint("show", ORDER, "--json").out)
    (spooled,) = whole["spooled"]
    assert spooled["request_id"] == str(kept_request.request_id)
    assert (spooled["received_at"], spooled["set_aside"]) == ("2026-09-01T12:00:00Z", False)
    assert whole["waits_for"] == "the database: a request is in the spool, and goes in by itself"
    assert whole["events"] == []
    text = mint("show", ORDER).out
    assert "requests in the spool" in text
    assert "2026-09-01 12:00:00" in text


@ON_SQLITE
@pytest.mark.usefixtures("kept_request")
def test_one_set_aside_waits_for_a_person(spool: Spool, mint: Run) -> None:
    for file in spool.files():
        spool.set_aside(file)
    whole = json.loads(mint("show", ORDER, "--json").out)
    assert [each["set_aside"] for each in whole["spooled"]] == [True]
    assert whole["waits_for"].startswith("a person: a request was set aside in the spool")
    (told,) = whole["spooled"]
    assert whole["waits_for"].endswith(f"`{put_back(Path(told['file']))}`")


@ON_SQLITE
@pytest.mark.usefixtures("kept_request")
def test_it_is_shown_while_the_database_is_away(clean: pytest.MonkeyPatch, mint: Run) -> None:
    clean.setenv("DATABASE_URL", "postgresql://user@127.0.0.1:1/none")
    assert "requests in the spool" in mint("show", ORDER).out
    other = mint("show", "gumroad:order-3")
    assert other.code == 1
    assert "the database cannot be used right now" in other.err


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.usefixtures("kept_request")
def test_it_is_shown_while_the_database_hangs(
    database_url: URL, clean: pytest.MonkeyPatch, mint: Run
) -> None:
    clean.setattr(operations.show, "DATABASE_PATIENCE", timedelta(milliseconds=200))
    with events_locked(database_url):
        whole = json.loads(mint("show", ORDER, "--json").out)
        other = mint("show", "gumroad:order-3")
    assert len(whole["spooled"]) == 1
    assert whole["waits_for"] == "the database: a request is in the spool, and goes in by itself"
    assert (other.code, other.out) == (1, "")
    assert "the database cannot be used right now (no answer within 0.2 s):" in other.err


@ON_SQLITE
async def test_it_stands_beside_what_the_database_has(
    kept_request: NewRequest, database: Database, mint: Run
) -> None:
    database.write_here(store_request, new_request("order-1"))
    whole = json.loads((await asyncio.to_thread(mint, "show", ORDER, "--json")).out)
    assert (len(whole["events"]), len(whole["spooled"])) == (1, 1)
    assert whole["spooled"][0]["request_id"] == str(kept_request.request_id)


@ON_SQLITE
@pytest.mark.usefixtures("kept_request")
def test_garbage_beside_it_changes_nothing(spool: Spool, mint: Run) -> None:
    (spool.folder / "0.json").write_text("garbage")
    assert mint("show", ORDER).code == 0


@ON_SQLITE
async def test_spool_that_is_closed_to_us_is_told_and_hides_no_row(
    spool: Spool, database: Database, mint: Run
) -> None:
    database.write_here(store_request, new_request("order-1"))
    spool.folder.parent.touch()
    answer = await asyncio.to_thread(mint, "show", ORDER, "--json")
    assert [event["order_id"] for event in json.loads(answer.out)["events"]] == ["order-1"]
    assert "the spool cannot be looked into (Not a directory)" in answer.err
