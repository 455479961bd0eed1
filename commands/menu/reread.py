"""Options and help of `mintpost reread`."""

from datetime import timedelta
from typing import Annotated

import typer

from commands.context import given
from commands.help import examples
from commands.menu.options import AsJson, Patience

DryRun = Annotated[bool, typer.Option("--dry-run", metavar="", help="only tell what would change")]
Yes = Annotated[bool, typer.Option("--yes", metavar="", help="apply them without asking")]
NoMail = Annotated[bool, typer.Option("--no-mail", metavar="", help="mail nobody")]


@examples(
    ("mintpost reread --dry-run", "only tell"),
    ("mintpost reread --no-mail --yes", "apply them, and mail nobody"),
)
def reread(  # noqa: PLR0913 - a command's options
    ctx: typer.Context,
    *,
    dry_run: DryRun = False,
    yes: Yes = False,
    no_mail: NoMail = False,
    as_json: AsJson = False,
    patience: Patience = 15,
) -> None:
    """Apply events that an older version ignored: refunds, disputes, new plans, endings."""
    from catalog.file import ProductsFile
    from commands.reread import Asked, Parts, run_reread

    context = given(ctx)
    products = ProductsFile(context.products_file(), context.sources)
    asked = Asked(dry_run, yes, not no_mail, as_json, timedelta(seconds=patience))
    with context.open_database() as database:
        run_reread(asked, Parts(database, context.storefronts(), products))
