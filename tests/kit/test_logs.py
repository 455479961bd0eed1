"""Log lines as text and as JSON: they name the sale, and hold no words of an exception."""

import asyncio
import json
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from temporalio.client import Client
from temporalio.runtime import TelemetryFilter

from embedded.ports import free_ports
from kit.log_context import about, note, subject
from kit.logs import JsonFormatter, TextFormatter, WithoutValues
from kit.sdk_runtime import LOGGER, sdk_runtime
from tests.support.waiting import until

BUYER = "buyer@example.com"


def a_record(message: str = "parse done", name: str = "activities.parse") -> logging.LogRecord:
    return logging.LogRecord(name, logging.INFO, __file__, 1, message, (), None)


def as_json(record: logging.LogRecord) -> dict[str, Any]:
    (line,) = JsonFormatter().format(record).splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


def failed(error: Exception, cause: Exception | None = None) -> logging.LogRecord:
    record = a_record("it failed")
    try:
        raise error from cause
    except type(error) as raised:
        record.exc_info = (type(raised), raised, raised.__traceback__)
    return record


def test_a_json_line_is_one_object_with_time_level_logger_and_message() -> None:
    line = as_json(a_record("two\nlines"))
    assert line.pop("time").endswith("Z")
    assert line == {"level": "INFO", "logger": "activities.parse", "message": "two\nlines"}


def test_every_line_within_the_block_names_the_sale() -> None:
    with about(event=3, order="gumroad:a", workflow="gumroad:a", step="parse"):
        assert as_json(a_record()).items() >= {"event": 3, "order": "gumroad:a"}.items()
        assert as_json(a_record())["workflow"] == "gumroad:a"
        assert (
            TextFormatter()
            .format(a_record())
            .endswith("parse done [event=3 order=gumroad:a step=parse]")
        )
    assert "event" not in as_json(a_record())


async def test_a_task_keeps_its_names_to_itself() -> None:
    async def one(number: int) -> int | None:
        note(event=number)
        await asyncio.sleep(0)
        return subject().event

    assert await asyncio.gather(*(one(number) for number in range(3))) == [0, 1, 2]
    assert subject().event is None


@pytest.mark.parametrize("formatter", [TextFormatter, JsonFormatter])
def test_an_exception_is_its_class_and_frames_and_none_of_its_words(
    formatter: Callable[[], WithoutValues],
) -> None:
    record = failed(ValueError(BUYER), cause=KeyError(f"another {BUYER}"))
    record.exc_text = f"what another handler kept: {BUYER}"
    told = formatter().format(record)
    assert ("ValueError" in told, "KeyError" in told, "test_logs.py" in told) == (True,) * 3
    assert BUYER not in told


def test_a_json_line_of_an_exception_names_its_class() -> None:
    line = as_json(failed(ValueError(BUYER)))
    assert (line["message"], line["error"]) == ("it failed", "ValueError")
    assert "raise error from cause" in line["frames"]


@pytest.mark.parametrize("formatter", [TextFormatter, JsonFormatter])
def test_the_words_of_a_lost_task_s_exception_are_dropped(
    formatter: Callable[[], WithoutValues],
) -> None:
    lost = f"Task exception was never retrieved\nfuture: <Task exception=ValueError('{BUYER}')>"
    told = formatter().format(a_record(lost, "asyncio"))
    assert "Task exception was never retrieved" in told
    assert BUYER not in told


def test_a_line_of_the_access_log_has_its_parts_as_fields() -> None:
    record = a_record('%s - "%s %s HTTP/%s" %d', "uvicorn.access")
    record.args = ("192.0.2.1:5", "POST", "/webhooks/gumroad", "1.1", 200)
    line = as_json(record)
    assert line["message"] == '192.0.2.1:5 - "POST /webhooks/gumroad HTTP/1.1" 200'
    assert (line["method"], line["path"], line["status"]) == ("POST", "/webhooks/gumroad", 200)


def test_a_line_of_temporal_s_sdk_names_its_workflow() -> None:
    record = a_record("Failed activation", "temporalio.worker")
    record.temporal_workflow = {"workflow_id": "gumroad:a", "attempt": 2}
    assert as_json(record)["workflow"] == "gumroad:a"


async def test_lines_of_temporal_s_sdk_are_lines_of_ours(caplog: pytest.LogCaptureFixture) -> None:
    everything = TelemetryFilter(core_level="DEBUG", other_level="DEBUG")
    runtime = sdk_runtime(None, everything)
    with caplog.at_level(logging.DEBUG, logger=LOGGER):
        with suppress(RuntimeError):
            await Client.connect(f"127.0.0.1:{free_ports(1)[0]}", runtime=runtime)

        async def told() -> bool | None:
            return any(each.name.startswith(LOGGER) for each in caplog.records) or None

        await until(told, "the SDK's line comes as one of ours")


def test_a_collector_that_is_away_leaves_no_key_of_its_address_in_the_log() -> None:
    away = ConnectionError("Max retries exceeded with url: /v1/traces?key=a-secret")
    told = "Transient error %s encountered while exporting %s batch"
    record = logging.LogRecord(
        "opentelemetry.exporter.otlp.x", logging.WARNING, "", 1, told, (away, "span"), None
    )
    expected = "Transient error ConnectionError encountered while exporting span batch"
    assert as_json(record)["message"] == expected
    assert TextFormatter().format(record).endswith(expected)
