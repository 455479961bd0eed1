"""Options and help of `mintpost import`."""

from pathlib import Path
from typing import Annotated

import typer

from commands.context import given
from commands.help import examples
from commands.menu.options import AsJson, Reason
from storefronts.registry import DEFAULT

File = Annotated[Path, typer.Argument(metavar="FILE.csv", help="its header is line 1")]
DryRun = Annotated[bool, typer.Option("--dry-run", metavar="", help="only tell what would come")]
NoMail = Annotated[bool, typer.Option("--no-mail", metavar="", help="mail nobody")]
Source = Annotated[
    str, typer.Option(metavar="SHOP", help="whose entries decide where a line names no shop")
]


@examples(
    ("mintpost import licenses.csv --dry-run", "only tell what would come"),
    ("mintpost import licenses.csv --no-mail", "the holders have their keys"),
)
def import_(  # noqa: PLR0913 - a command's options
    ctx: typer.Context,
    file: File,
    *,
    dry_run: DryRun = False,
    no_mail: NoMail = False,
    source: Source = DEFAULT.name,
    reason: Reason = None,
    as_json: AsJson = False,
) -> None:
    """Give many licenses: from a CSV file, or from a shop's own export."""
    from commands.import_ import run_import
    from commands.products import read_products
    from domain.granting import Granting
    from kit.asker import asker
    from kit.clock import utc_now

    given(ctx).require_source(source)
    catalog = read_products(given(ctx).products_file(), given(ctx).sources)
    granting = Granting(catalog, source, asker(), reason, mail=not no_mail, now=utc_now())
    with given(ctx).open_database() as database:
        run_import(file, granting, database, dry_run=dry_run, as_json=as_json)
