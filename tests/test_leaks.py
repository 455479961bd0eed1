"""The search at the end of every test run finds private data."""

import logging
from uuid import uuid4

import pytest
from temporalio.client import Client

from tests.support.leaks import LeakSearch, LogKeeper, leaks_in_temporal

PRIVATE = "ada lovelace+shop@example.com"


@pytest.mark.parametrize(
    "written",
    [
        PRIVATE,
        "ada%20lovelace%2Bshop%40example.com",
        "ada+lovelace%2Bshop%40example.com",
        "ada%20lovelace%2Bshop%40example.com".lower(),
    ],
)
def test_value_is_found_however_it_is_written(written: str) -> None:
    search = LeakSearch({PRIVATE})
    assert search.found_in("a log", f"GET /?email={written} 200".encode()) == [
        f"{PRIVATE!r} in a log"
    ]


def test_value_is_found_as_json_writes_it() -> None:
    search = LeakSearch({"Zoë Müller"})
    assert search.found_in("a history", rb'{"name": "Zo\u00eb M\u00fcller"}')


def test_innocent_words_are_not_found() -> None:
    assert LeakSearch({PRIVATE}).found_in("a log", b"stored gumroad event 17") == []


def test_log_keeper_keeps_what_a_line_carries_beside_its_words() -> None:
    keeper = LogKeeper()
    record = logging.LogRecord("api", logging.INFO, "", 0, "stored %s", (PRIVATE,), None)
    keeper.emit(record)
    assert LeakSearch({PRIVATE}).found_in("the log", "\n".join(keeper.lines).encode())


async def test_workflow_whose_id_tells_a_value_is_found(client: Client) -> None:
    secret = f"secret-{uuid4()}"
    handle = await client.start_workflow("Nobody", id=secret, task_queue="nobody-works-here")
    search = LeakSearch({secret})
    try:
        leaks: list[str] = []
        while not leaks:  # A run that was started just now may not be listed yet.
            leaks = await leaks_in_temporal(search, client)
        assert leaks == [f"{secret!r} in {secret}"]
    finally:
        await handle.terminate()
