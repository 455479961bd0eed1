"""Sets up the log lines that every long-running process writes, as text or as JSON.

Each line names the event, order and run that it is about (`kit.log_context`). An exception is
logged as its class and frames, because its words may hold an address.
"""

import json
import logging
from collections.abc import Iterator
from copy import copy
from datetime import UTC, datetime
from enum import StrEnum
from types import TracebackType
from typing import TypeAlias

from typing_extensions import override

from kit.frames import causes_of, frames_of
from kit.log_context import subject

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"

IN_TEXT = ("event", "order", "workflow", "step")
"""A person reads these; the ids of a request and of a trace are for programs."""

ACCESS = "uvicorn.access"
ACCESS_FIELDS = ("client", "method", "path", "http_version", "status")

EXPORTER = "opentelemetry.exporter."

Raised: TypeAlias = tuple[type[BaseException], BaseException, TracebackType | None]


class LogFormat(StrEnum):
    TEXT = "text"  #: For a person at a terminal.
    JSON = "json"  #: For a program that collects logs: one object a line.


class WithoutValues(logging.Formatter):
    """Formats an exception as its class and frames, and drops asyncio's repr of it."""

    @override
    def format(self, record: logging.LogRecord) -> str:
        # Another handler may have kept the exception's own words on the record.
        record.exc_text = None
        return super().format(record)

    @override
    def formatException(self, ei: Raised | tuple[None, None, None]) -> str:
        if ei[1] is None:
            return ""
        told = (f"{type(each).__name__} at\n{frames_of(each)}" for each in causes_of(ei[1]))
        return "caused by ".join(told).rstrip()


class TextFormatter(WithoutValues):
    def __init__(self) -> None:
        super().__init__(FORMAT)

    @override
    def formatMessage(self, record: logging.LogRecord) -> str:
        record.message = message_of(record)
        names = names_of(record)
        if names.get("workflow") == names.get("order"):
            names.pop("workflow", None)
        told = " ".join(f"{name}={names[name]}" for name in IN_TEXT if name in names)
        return super().formatMessage(record) + (f" [{told}]" if told else "")


class JsonFormatter(WithoutValues):
    @override
    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC)
        line: dict[str, object] = {
            "time": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname,
            "logger": record.name,
            "message": message_of(record),
            **names_of(record),
            **dict(_access(record)),
        }
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = type(record.exc_info[1]).__name__
            line["frames"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def message_of(record: logging.LogRecord) -> str:
    message = _without_words(record) if record.name.startswith(EXPORTER) else record.getMessage()
    # The next lines of asyncio hold the repr of a task, and so an exception's own words.
    return message.partition("\n")[0] if record.name == "asyncio" else message


def _without_words(record: logging.LogRecord) -> str:
    """Name an error's class, because its words have the collector's address, perhaps with a key."""
    given = record.args if isinstance(record.args, tuple) else ()
    told = (type(each).__name__ if isinstance(each, Exception) else each for each in given)
    plain = copy(record)
    plain.args = tuple(told)
    return plain.getMessage()


def names_of(record: logging.LogRecord) -> dict[str, str | int]:
    """Return the names of the current subject; of a line of Temporal's SDK, those that it gives."""
    names = subject().given()
    for kept in ("temporal_workflow", "temporal_activity"):
        given = getattr(record, kept, None)
        if isinstance(given, dict) and "workflow" not in names and given.get("workflow_id"):
            names["workflow"] = str(given["workflow_id"])
    return names


def _access(record: logging.LogRecord) -> Iterator[tuple[str, object]]:
    if record.name == ACCESS and isinstance(record.args, tuple):
        yield from zip(ACCESS_FIELDS, record.args, strict=False)


def set_up_logs(form: LogFormat = LogFormat.TEXT) -> None:
    """Log to standard error. A process that has its own handlers, such as a test's, keeps them."""
    root = logging.getLogger()
    if not root.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(JsonFormatter() if form is LogFormat.JSON else TextFormatter())
        root.addHandler(handler)
        root.setLevel(logging.INFO)
        _take_over_uvicorn()
    # Alembic would add two lines to each check for readiness.
    logging.getLogger("alembic").setLevel(logging.WARNING)


def _take_over_uvicorn() -> None:
    """Give uvicorn's lines our form. A logger without handlers was turned off, and stays off."""
    for name in ("uvicorn", ACCESS):
        logger = logging.getLogger(name)
        if logger.handlers:
            logger.handlers.clear()
            logger.propagate = True
