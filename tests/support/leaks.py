"""Searches for personal values and secrets in every place that the suite writes."""

import json
import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl, quote, quote_plus

from temporalio.client import Client
from typing_extensions import override

from tests.support.pings import PINGS

PERSONAL_FIELDS = {"email", "user_email", "full_name", "gifter_email", "license_key", "ip_country"}
SHORTEST = 6
"""Shorter values, such as a country or a first name, occur in harmless words."""


DATA = Path(__file__).parents[1] / "data"
SHOPS = tuple(DATA / shop for shop in ("polar", "stripe", "paddle", "lemonsqueezy"))
PERSONAL_JSON = re.compile(
    r"(?:.*_)?(?:user|billing|customer|cardholder|legal)_name|avatar_url|customer_portal.*"
    r"|hosted_invoice_url|invoice_pdf|receipt_url|phone|line1|client_secret|.*ip_address"
)


def personal_values() -> set[str]:
    """Return the personal values in the recorded requests and in the answers of the shops' APIs."""
    return pinged_values() | recorded_values()


def recorded_values() -> set[str]:
    """Return the personal values of the shops that write JSON, with their secrets for tests."""
    files = [file for shop in SHOPS for file in shop.rglob("*.json")]
    parts = [(shop / "secrets.json").read_bytes() for shop in SHOPS]
    secrets = {secret for each in parts for secret in json.loads(each).values()}
    told = {value for file in files for value in _personal_in(json.loads(file.read_bytes()))}
    return {each for each in told if len(each) >= SHORTEST} | secrets


def _personal_in(document: object, name: str = "") -> Iterator[str]:
    match document:
        case dict():
            for key, each in document.items():
                yield from _personal_in(each, key)
        case list():
            for each in document:
                yield from _personal_in(each, name)
        case str() if "@" in document or PERSONAL_JSON.fullmatch(name):
            yield document


def pinged_values() -> set[str]:
    return {
        value
        for file in PINGS.glob("*.form")
        for name, value in parse_qsl(file.read_text().strip())
        if name in PERSONAL_FIELDS
    }


@dataclass(slots=True)
class LeakSearch:
    """Searches for private values. `private` grows while tests mint keys and set secrets."""

    private: set[str] = field(default_factory=personal_values)

    def keep_private(self, *values: str | None) -> None:
        self.private.update(filter(None, values))

    def found_in(self, place: str, content: bytes) -> list[str]:
        """Return a line for each private value found in `content`."""
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
    """Keeps every log line of this process, in the form of a log file."""

    # The HTTP client of the tests logs addresses with their secret.
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
    """Return every encoding of the value in lower case, because escapes may be in either case."""
    if len(value) < SHORTEST:
        return frozenset()
    escaped = json.dumps(value)[1:-1]
    ways = (value, escaped, quote(value), quote(value, safe=""), quote_plus(value))
    return frozenset(way.lower().encode() for way in ways)
