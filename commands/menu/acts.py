"""Options and help of the seller's acts on licenses."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from commands.completion import any_sale
from commands.context import given
from commands.help import examples
from commands.menu.options import AsJson, Patience, Reason
from domain.advice import advised
from domain.event import EventKind
from domain.granting import LONGEST_TIER
from domain.identifiers import is_usable
from kit.refusals import RefusedError
from storefronts.registry import EXAMPLE

if TYPE_CHECKING:  # A command must not wait for imports that it does not use.
    from domain.catalog import Catalog

MOST_SEATS = 1_000_000
MOST_MONTHS = 1200

Texts = Annotated[
    list[str],
    typer.Argument(
        metavar="SALE-or-KEY", help=f"{EXAMPLE}, or a license key", autocompletion=any_sale
    ),
]
Why = Annotated[str, typer.Option(metavar="TEXT", help="why, for the audit trail")]
Yes = Annotated[bool, typer.Option("--yes", metavar="", help="do it without asking")]
Until = Annotated[str | None, typer.Option(metavar="DATE", help="the new last day, as 2027-12-31")]
Months = Annotated[
    int | None,
    typer.Option(
        metavar="N", min=1, max=MOST_MONTHS, help="from the end that it has, or from today if over"
    ),
]
Seats = Annotated[int, typer.Option("--to", metavar="N", min=1, max=MOST_SEATS, help="in total")]
Tier = Annotated[str, typer.Option("--to", metavar="NAME", help="a tier as in products.yaml")]


@examples((f'mintpost revoke {EXAMPLE} --reason "charged back"', None))
def revoke(  # noqa: PLR0913 - a command's options
    ctx: typer.Context,
    texts: Texts,
    *,
    reason: Why,
    yes: Yes = False,
    as_json: AsJson = False,
    patience: Patience = 10,
) -> None:
    """Take licenses away. Only `mintpost restore` gives them back, whatever the shop says."""
    _act(ctx, _How(texts, reason, yes, as_json, patience), EventKind.REVOKE)


@examples((f'mintpost restore {EXAMPLE} --reason "paid after all"', None))
def restore(  # noqa: PLR0913 - a command's options
    ctx: typer.Context,
    texts: Texts,
    *,
    reason: Reason = None,
    yes: Yes = False,
    as_json: AsJson = False,
    patience: Patience = 10,
) -> None:
    """Give licenses back that a person or the shop took away."""
    _act(ctx, _How(texts, reason, yes, as_json, patience), EventKind.RESTORE)


@examples(
    (f"mintpost extend {EXAMPLE} --months 6", "six more months"),
    (f"mintpost extend {EXAMPLE} --until 2027-12-31", None),
)
def extend(  # noqa: PLR0913 - a command's options
    ctx: typer.Context,
    texts: Texts,
    *,
    until: Until = None,
    months: Months = None,
    reason: Reason = None,
    yes: Yes = False,
    as_json: AsJson = False,
    patience: Patience = 10,
) -> None:
    """Give licenses a later end."""
    from operations.own_times import last_day

    if (until is None) == (months is None):
        once = advised("extend", *texts, options=("--months", "6"))
        raise RefusedError(f"give the new end, once, as --until DATE or --months N: {once}")
    end = None if until is None else last_day("--until", until)
    how = _How(texts, reason, yes, as_json, patience)
    _act(ctx, how, EventKind.EXTEND, until=end, months=months)


@examples((f"mintpost seats {EXAMPLE} --to 10", "ten in total"))
def seats(  # noqa: PLR0913 - a command's options
    ctx: typer.Context,
    texts: Texts,
    *,
    to: Seats,
    reason: Reason = None,
    yes: Yes = False,
    as_json: AsJson = False,
    patience: Patience = 10,
) -> None:
    """Give licenses another number of seats."""
    _act(ctx, _How(texts, reason, yes, as_json, patience), EventKind.SEATS, seats=to)


@examples((f"mintpost tier {EXAMPLE} --to pro", None))
def tier(  # noqa: PLR0913 - a command's options
    ctx: typer.Context,
    texts: Texts,
    *,
    to: Tier,
    reason: Reason = None,
    yes: Yes = False,
    as_json: AsJson = False,
    patience: Patience = 10,
) -> None:
    """Give licenses another tier."""
    from commands.products import products_or_none

    if not (is_usable(to) and len(to) <= LONGEST_TIER):
        again = advised("tier", *texts, options=("--to", "NAME"))
        raise RefusedError(f"a tier has 1 to {LONGEST_TIER} printable characters: {again}")
    # A tier may be given while the mapping is broken, because the mapping only warns here.
    catalog = products_or_none(given(ctx).products_file(), given(ctx).sources)
    how = _How(texts, reason, yes, as_json, patience)
    _act(ctx, how, EventKind.TIER, tier=to, catalog=catalog)


@dataclass(frozen=True, slots=True)
class _How:
    """The options that every act has."""

    texts: list[str]
    reason: str | None
    yes: bool
    as_json: bool
    patience: float


def _act(  # noqa: PLR0913 - the terms of all acts
    ctx: typer.Context,
    how: _How,
    kind: EventKind,
    *,
    until: datetime | None = None,
    months: int | None = None,
    seats: int | None = None,
    tier: str | None = None,
    catalog: "Catalog | None" = None,
) -> None:
    from commands.acts import Asked, run_acts
    from kit.asker import asker
    from operations.acts import ActWish

    wish = ActWish(kind, asker(), how.reason, until, months, seats, tier)
    patience = timedelta(seconds=how.patience)
    with given(ctx).open_database() as database:
        run_acts(Asked(how.texts, wish, how.yes, how.as_json, patience, catalog), database)
