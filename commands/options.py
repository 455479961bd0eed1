"""The options of the commands, and what every list takes."""

import re
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shlex import quote
from typing import Annotated, Any

import typer

from kit.clock import utc_now
from kit.refusals import RefusedError

UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
AGO = re.compile(r"(\d{1,6})([mhdw])")


def parse_since(text: str) -> datetime:
    """Read a time, or how long ago: 2026-09-01, 2026-09-01T12:00:00Z, 30m, 2h, 7d, 4w."""
    try:
        return _since(text.strip())
    except (ValueError, OverflowError):
        expected = "neither a time (2026-09-01) nor an age (2h, 7d)"
        raise typer.BadParameter(f"{text!r} is {expected}") from None


def _since(text: str) -> datetime:
    if ago := AGO.fullmatch(text):
        count, unit = ago.groups()
        return utc_now() - timedelta(**{UNITS[unit]: int(count)})
    time = datetime.fromisoformat(text)
    return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)


def require_storefront(order: str | None) -> str | None:
    """Refuse a sale's name that lacks its storefront."""
    if order is not None and ":" not in order:
        raise RefusedError(f"{order} names no storefront: write {quote(f'gumroad:{order}')}")
    return order


def require_storefronts(orders: list[str] | None) -> list[str] | None:
    for order in orders or []:
        require_storefront(order)
    return orders


def require_known(option: str, value: str | None, known: Collection[str]) -> None:
    """Refuse what no row can have: an empty list would look like an answer."""
    if value is not None and value.partition(":")[0] not in known:
        raise typer.BadParameter(f"{value!r} is none of {', '.join(known)}", param_hint=option)


def _port(whose: str) -> Any:  # noqa: ANN401 - what typer.Option returns
    return typer.Option(metavar="PORT", min=1, max=65_535, help=whose)


Source = Annotated[
    str | None, typer.Option(metavar="NAME", help="only those of one storefront: gumroad")
]
Since = Annotated[
    datetime | None,
    typer.Option(parser=parse_since, metavar="WHEN", help="2026-09-01, 2h, 7d: only newer ones"),
]
Limit = Annotated[int, typer.Option(min=1, metavar="COUNT", help="at most so many")]
AsJson = Annotated[bool, typer.Option("--json", metavar="", help="one JSON array on stdout")]

Order = Annotated[
    str,
    typer.Argument(
        metavar="SALE", help="gumroad:HyMdzSI-…==, or an address, name, key or number that finds it"
    ),
]
ShowAsJson = Annotated[bool, typer.Option("--json", metavar="", help="one JSON object on stdout")]

ApiPort = Annotated[int, _port("of the API")]
TemporalPort = Annotated[int, _port("of Temporal's server")]
UiPort = Annotated[int, _port("of Temporal's Web UI")]
DataDir = Annotated[
    Path | None, typer.Option(metavar="FOLDER", help="what is kept  [default: DATA_DIR, or var]")
]
Keep = Annotated[bool, typer.Option("--keep", metavar="", help="leave it up until Ctrl-C")]

Sales = Annotated[int, typer.Option(min=1, metavar="COUNT", help="so many, in each round")]
Seed = Annotated[
    int | None,
    typer.Option(min=0, metavar="NUMBER", help="the same again  [default: a new one]"),
]
Minutes = Annotated[
    float, typer.Option(min=0, metavar="COUNT", help="round after round, for so long")
]
Postgres = Annotated[
    bool,
    typer.Option("--postgres", metavar="", help="on a PostgreSQL of its own, instead of SQLite"),
]
KeepFiles = Annotated[
    bool, typer.Option("--keep", metavar="", help="keep its folder; after a breach it stays anyway")
]

Url = Annotated[str, typer.Option(metavar="URL", help="where the API is: https://shop.example.com")]
Secret = Annotated[
    str | None,
    typer.Option(metavar="TEXT", help="the webhook's  [default: GUMROAD_WEBHOOK_SECRET]"),
]
To = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS", help="who gets the e-mail  [default: OPERATOR_EMAIL]"),
]
Patience = Annotated[
    float, typer.Option(metavar="SECONDS", min=1, help="until the sale must be done")
]

Complaint = Annotated[
    str, typer.Argument(metavar="TEXT", help="address, name or key, or a part; an order number")
]
Orders = Annotated[
    list[str] | None,
    typer.Argument(
        callback=require_storefronts, metavar="SOURCE:ORDER_ID", help="as in gumroad:HyMdzSI-…=="
    ),
]
Every = Annotated[bool, typer.Option("--all", metavar="", help="every parked sale")]
Where = Annotated[
    str | None, typer.Option(metavar="TEXT", help="with --all: whose sentence contains it")
]
AnOrder = Annotated[
    str | None,
    typer.Argument(
        callback=require_storefront, metavar="SOURCE:ORDER_ID", help="as in gumroad:HyMdzSI-…=="
    ),
]
CorrectedTo = Annotated[str | None, typer.Option(metavar="ADDRESS", help="the corrected address")]
Reason = Annotated[str | None, typer.Option(metavar="TEXT", help="why, for the audit trail")]
OnlyLogged = Annotated[
    str | None,
    typer.Option("--status", metavar="logged", help="all mails that were only written down"),
]
Watch = Annotated[float, typer.Option("--patience", metavar="SECONDS", min=0, help="to watch it")]
