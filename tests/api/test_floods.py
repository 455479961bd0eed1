"""Repeated log lines are counted; different lines and errors all appear."""

import asyncio
import logging
from collections.abc import Iterator
from datetime import timedelta

import pytest

from api.floods import LOGGERS, MOST_LINES, Floods
from tests.support.waiting import until

ACCEPT = "socket.accept() out of system resource\nsocket: <asyncio.TransportSocket fd={}>"


@pytest.fixture
def floods() -> Iterator[Floods]:
    floods = Floods(timedelta(minutes=1))
    with floods.watching():
        yield floods


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage().partition("\n")[0] for record in caplog.records]


@pytest.mark.usefixtures("floods")
def test_line_that_comes_again_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    for number in range(1000):
        error = OSError(24, "Too many open files")
        logging.getLogger("asyncio").error(ACCEPT.format(number), exc_info=error)
    assert lines(caplog) == ["socket.accept() out of system resource"]


def test_count_is_told_and_then_what_comes_next(
    floods: Floods, caplog: pytest.LogCaptureFixture
) -> None:
    logger = logging.getLogger("uvicorn.error")
    for _ in range(1001):
        logger.warning("Invalid HTTP request received.")
    floods.tell()
    logger.warning("Invalid HTTP request received.")
    floods.tell()
    floods.tell()
    logger.warning("Invalid HTTP request received.")
    assert lines(caplog) == [
        "Invalid HTTP request received.",
        "Invalid HTTP request received. (and 1,000 times more within 60 s)",
        "Invalid HTTP request received. (and 1 times more within 60 s)",
        "Invalid HTTP request received.",
    ]
    assert {record.levelname for record in caplog.records} == {"WARNING"}


@pytest.mark.usefixtures("floods")
def test_other_lines_and_other_errors_are_told(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("asyncio")
    for error in (KeyError("a"), ValueError("b"), KeyError("c")):
        logger.error("callback failed", exc_info=error)
    logger.error("callback failed")
    for source in ("gumroad", "other", "gumroad"):
        logging.getLogger("api.webhooks").warning("a %s request broke off", source)
    for _ in range(2):
        logging.getLogger("uvicorn.error").info("Shutting down")
        logging.getLogger("uvicorn.access").info("a request")
    assert lines(caplog) == [
        *("callback failed",) * 3,
        *("a gumroad request broke off", "a other request broke off"),
        *("Shutting down", "a request") * 2,
    ]


def test_a_flood_of_different_lines_takes_no_memory(
    floods: Floods, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(2 * MOST_LINES):
        logging.getLogger("asyncio").warning("line %d", number)
    assert len(lines(caplog)) == 2 * MOST_LINES
    assert len(floods.again) == MOST_LINES


async def test_counts_are_told_as_time_goes(caplog: pytest.LogCaptureFixture) -> None:
    floods, logger = Floods(timedelta(milliseconds=20)), logging.getLogger("asyncio")

    async def told() -> bool | None:
        return any("(and 1 times more" in line for line in lines(caplog)) or None

    with floods.watching():
        running = asyncio.create_task(floods.run())
        for _ in range(2):
            logger.error("callback failed")
        await until(told, "the count is told")
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_counts_are_told_at_the_end(caplog: pytest.LogCaptureFixture) -> None:
    floods = Floods(timedelta(hours=1))
    with floods.watching():
        running = asyncio.create_task(floods.run())
        await asyncio.sleep(0)
        for _ in range(3):
            logging.getLogger("asyncio").error("callback failed")
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert lines(caplog)[-1] == "callback failed (and 2 times more within 3600 s)"
    assert not any(logging.getLogger(name).filters for name in LOGGERS)
