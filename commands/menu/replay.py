"""Options and help of `mintpost replay`."""

from datetime import timedelta
from typing import Annotated

import typer

from commands.completion import failed_sale
from commands.context import given
from commands.help import examples
from commands.menu.options import AsJson, Patience, Where, require_storefronts
from kit.refusals import RefusedError
from storefronts.registry import EVENT_EXAMPLE, EXAMPLE

Names = Annotated[
    list[str] | None,
    typer.Argument(
        callback=require_storefronts,
        metavar="SALE",
        help=f"as in {EXAMPLE}, or another workflow's id, such as {EVENT_EXAMPLE}",
        autocompletion=failed_sale,
    ),
]
All = Annotated[bool, typer.Option("--all", metavar="", help="everything that has failed")]
Settled = Annotated[
    bool, typer.Option("--settled", metavar="", help="also what ended well, or gave no license")
]
DryRun = Annotated[bool, typer.Option("--dry-run", metavar="", help="only tell what would be done")]
Yes = Annotated[bool, typer.Option("--yes", metavar="", help="with --all: do it without asking")]


@examples(
    (f"mintpost replay {EXAMPLE}", None),
    ("mintpost replay --all --dry-run", "changes nothing"),
    ('mintpost replay --all --where "blocked"', "after a question"),
)
def replay(  # noqa: PLR0913 - a command's options
    ctx: typer.Context,
    names: Names = None,
    *,
    every: All = False,
    where: Where = None,
    settled: Settled = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: AsJson = False,
    patience: Patience = 15,
) -> None:
    """Run failed sales again. A license stays, and no accepted mail goes out twice."""
    from commands.replay import Wish, run_replay

    if bool(names) == every:
        raise RefusedError("name the sales to run again, or give --all: `mintpost replay --all`")
    if where is not None and not every:
        raise RefusedError("--where narrows --all: `mintpost replay --all --where TEXT`")
    if settled and every:
        raise RefusedError("--settled is for sales that you name: `mintpost replay SALE --settled`")
    seconds = timedelta(seconds=patience)
    wish = Wish(names or (), where, settled, dry_run, yes, as_json, seconds)
    with given(ctx).open_database() as database:
        run_replay(wish, given(ctx).temporal(), database)
