"""Logs a repeated line once a minute, with a count."""

import asyncio
import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from traceback import extract_tb
from typing import TypeAlias

from typing_extensions import override

LOGGERS = (
    "asyncio",
    "uvicorn.error",
    "api.admission",
    "api.mail_reports",
    "api.online.asking",
    "api.online.open_routes",
    "api.webhooks",
    "relay.store",
)
"""Loggers whose lines a stranger or a sender can trigger."""

MOST_LINES = 1000

Line: TypeAlias = tuple[str, int, str]
"""Logger name, level, text."""


class Floods(logging.Filter):
    """Passes the first of equal lines within `pause` and counts the rest.

    Lines below WARNING always pass.
    """

    def __init__(self, pause: timedelta = timedelta(minutes=1)) -> None:
        super().__init__()
        self.pause = pause
        self.again: Counter[Line] = Counter()

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.WARNING:
            return True
        line = line_of(record)
        is_new = line not in self.again
        if is_new and len(self.again) < MOST_LINES:
            self.again[line] = 0
        elif not is_new:
            self.again[line] += 1
        return is_new

    async def run(self) -> None:
        """Log the counts after each pause, and the remaining counts when canceled."""
        try:
            while True:
                await asyncio.sleep(self.pause.total_seconds())
                self.tell()
        finally:
            self.tell()

    def tell(self) -> None:
        told, self.again = self.again, Counter()
        for (name, level, text), count in told.items():
            if count:
                words = f"{text} (and {count:,} times more within {self.pause.total_seconds():g} s)"
                # The flood may go on, so the next equal line is counted and not logged.
                self.again[name, level, text] = 0
                logging.getLogger(name).log(level, "%s", words)

    @contextmanager
    def watching(self) -> Iterator[None]:
        for name in LOGGERS:
            logging.getLogger(name).addFilter(self)
        try:
            yield
        finally:
            for name in LOGGERS:
                logging.getLogger(name).removeFilter(self)


def line_of(record: logging.LogRecord) -> Line:
    """Return the first line and the origin of the error; asyncio's other lines name the socket."""
    text = record.getMessage().partition("\n")[0]
    error = record.exc_info[1] if record.exc_info else None
    if error is not None:
        text = f"{text}: {type(error).__name__}{_place(error)}"
    return record.name, record.levelno, text


def _place(error: BaseException) -> str:
    frames = extract_tb(error.__traceback__)
    return f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
