"""Options and help of `mintpost events`, `sales`, `licenses` and `deliveries`."""

import re
import sys
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from commands.context import given
from commands.help import examples
from commands.menu.options import AsJson, Limit
from domain.delivery import DeliveryStatus
from domain.event import OPERATOR, EventStatus
from domain.license import ListedStatus
from kit.clock import utc_now
from storefronts.registry import ANOTHER, SOURCES

if TYPE_CHECKING:  # A command must not wait for imports that it does not use.
    from sqlalchemy.orm import Session

    from db.views.lists import Filters, LicenseLine
    from domain.catalog import Catalog

UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
OF_COPIES = (EventStatus.DUPLICATE, EventStatus.APPLIED)
SALE_STATUSES = tuple(each for each in EventStatus if each not in OF_COPIES)

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


def require_known(option: str, value: str | None, known: Collection[str]) -> None:
    """Refuse a value that no row can have, because an empty list would look like an answer."""
    if value is not None and value.partition(":")[0] not in known:
        raise typer.BadParameter(f"{value!r} is none of {', '.join(known)}", param_hint=option)


Source = Annotated[
    str | None,
    typer.Option(metavar="NAME", help=f"only those of one storefront: {', '.join(SOURCES)}"),
]
Since = Annotated[
    datetime | None,
    typer.Option(parser=parse_since, metavar="WHEN", help="2026-09-01, 2h, 7d: only newer ones"),
]

Test = Annotated[bool, typer.Option("--test", metavar="", help="only those of tests")]
Live = Annotated[bool, typer.Option("--live", metavar="", help="none of tests")]


def _side(*, test: bool, live: bool) -> bool | None:
    """Return the chosen side. Both are the same as none: the whole list."""
    return None if test == live else test


def _with_limits(ctx: typer.Context) -> "Callable[[Session, Filters], Sequence[LicenseLine]]":
    """Return the query of licenses with the limits on devices. Only `--json` has those."""
    from operations.device_limits import list_limited

    return partial(list_limited, mapping=partial(_mapping, ctx))


def _mapping(ctx: typer.Context) -> "Catalog | None":
    from commands.products import products_or_warning

    return products_or_warning(given(ctx).products_file(), given(ctx).sources)


def _list_command(name: str, content: str, statuses: Collection[str]) -> Callable[..., None]:
    """Return the command of one list. `statuses` are the allowed values of --status."""
    known = ", ".join(statuses)

    def command(  # noqa: PLR0913 - a command's options
        ctx: typer.Context,
        *,
        status: Annotated[str | None, typer.Option(metavar="NAME", help=known)] = None,
        source: Source = None,
        since: Since = None,
        limit: Limit = 50,
        test: Test = False,
        live: Live = False,
        as_json: AsJson = False,
    ) -> None:
        from commands.lists import LISTS, print_list
        from db.views.lists import Filters

        require_known("--status", status, statuses)
        require_known("--source", source, (*given(ctx).sources, OPERATOR))
        # No database counts further.
        most = min(limit, sys.maxsize)
        filters = Filters(
            status, source, since, most, now=utc_now(), test=_side(test=test, live=live)
        )
        query = _with_limits(ctx) if name == "licenses" and as_json else LISTS[name].query
        with given(ctx).open_database() as database:
            lines = database.read_here(query, filters)
        # With one status, a person looks for the causes, so equal causes stand together.
        print_list(LISTS[name], lines, as_json=as_json, together=status is not None)

    command.__doc__ = f"List {content}, newest first."
    return command


events = examples(
    ("mintpost events --status parked", "what waits, and for what"),
    (f"mintpost events --since 24h --source {ANOTHER} --live", None),
)(_list_command("events", "what the webhook took in", tuple(EventStatus)))
sales = examples(
    ("mintpost sales --since 2026-09-01 --limit 500", None),
    ("mintpost sales --status failed", "paid, and without a mail"),
)(_list_command("sales", "what was sold", SALE_STATUSES))
licenses = examples(
    ("mintpost licenses --status suspended", "disputed or paused"),
    ("mintpost licenses --json --limit 1000000 > licenses.json", None),
)(_list_command("licenses", "the licenses", tuple(ListedStatus)))
deliveries = examples(
    ("mintpost deliveries --status refused", "with the provider's words"),
    ("mintpost deliveries --since 2h", None),
)(_list_command("deliveries", "e-mails, owed or sent", tuple(DeliveryStatus)))
