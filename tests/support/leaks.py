"""What buyers and operators keep to themselves, and everywhere the suite may have leaked it."""

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl, quote, quote_plus

from temporalio.client import Client
from typing_extensions import override

from tests.support.pings import PINGS

PERSONAL_FIELDS = {"email", "user_email", "full_name", "gifter_email", "license_key", "ip_country"}
SHORTEST = 6
"""Shorter values, a country or a first name, stand in innocent words."""


def personal_values() -> set[str]:
    """Return what the recorded pings tell of people."""
    return {
        value
        for file in PINGS.glob("*.form")
        for name, value in parse_qsl(file.read_text().strip())
        if name in PERSONAL_FIELDS
    }


@dataclass(slots=True)
class LeakSearch:
    """`private` grows as tests mint keys and name secrets."""

    private: set[str] = field(default_factory=personal_values)

    def keep_private(self, *values: str) -> None:
        self.private.update(values)

    def found_in(self, place: str, content: bytes) -> list[str]:
        """Return a line for each private value that stands in `content`."""
        lower = content.lower()
        return [
            f"{value!r} in {place}"
            for value in self.private
            if any(each in lower for each in _written(value))
        ]


async def leaks_in_temporal(search: LeakSearch, client: Client) -> list[str]:
    """Return a line for each private value in a history or a visibility record."""
    leaks: list[str] = []
    async for run in client.list_workflows():
        handle = client.get_workflow_handle(run.id, run_id=run.run_id)
        history = await handle.fetch_history()
        parts = [run.raw_info.SerializeToString()]
        parts += [event.SerializeToString() for event in history.events]
        leaks += search.found_in(run.id, b"".join(parts))
    return leaks


class LogKeeper(logging.Handler):
    """Keeps every line that this process logs, as a log file would hold it."""

    # The tests' own client logs the addresses that it asks for, secret included.
    NOT_OURS = ("httpx", "httpcore")

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))

    @override
    def emit(self, record: logging.LogRecord) -> None:
        if not record.name.startswith(self.NOT_OURS):
            self.lines.append(f"{self.format(record)} {vars(record)}")


def log_files(folder: Path) -> Iterable[Path]:
    return folder.rglob("*.log")


@cache
def _written(value: str) -> frozenset[bytes]:
    """Return all ways to write it, in lower case, as an escape may be in either."""
    if len(value) < SHORTEST:
        return frozenset()
    escaped = json.dumps(value)[1:-1]
    ways = (value, escaped, quote(value), quote(value, safe=""), quote_plus(value))
    return frozenset(way.lower().encode() for way in ways)
