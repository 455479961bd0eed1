"""Options and help of `mintpost remap`."""

from datetime import timedelta
from typing import Annotated

import typer

from commands.completion import any_sale
from commands.context import given
from commands.help import examples
from commands.menu.options import AsJson, Patience, Reason
from kit.refusals import RefusedError
from storefronts.registry import EXAMPLE

Texts = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="SALE-or-KEY", help=f"{EXAMPLE}, or a license key", autocompletion=any_sale
    ),
]
Product = Annotated[
    str | None, typer.Option(metavar="ID", help="every license of a product, by id or permalink")
]
DryRun = Annotated[bool, typer.Option("--dry-run", metavar="", help="only tell what would change")]
Yes = Annotated[bool, typer.Option("--yes", metavar="", help="change them without asking")]
NoMail = Annotated[bool, typer.Option("--no-mail", metavar="", help="mail nobody")]


@examples(
    (f"mintpost remap {EXAMPLE} --dry-run", "only tell"),
    ("mintpost remap --product datatools-lite", "every license of a product"),
)
def remap(  # noqa: PLR0913 - a command's options
    ctx: typer.Context,
    texts: Texts = None,
    *,
    product: Product = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    no_mail: NoMail = False,
    reason: Reason = None,
    as_json: AsJson = False,
    patience: Patience = 15,
) -> None:
    """Decide tier, seats and end of licenses anew, by today's products.yaml."""
    from commands.products import read_products
    from commands.remap import Wish, run_remap
    from db.remaps import Asker
    from kit.asker import asker

    if bool(texts) == (product is not None):
        raise RefusedError(
            "name the sales or keys to decide anew, `mintpost remap SALE`, or a whole product: "
            "`mintpost remap --product ID`"
        )
    by = Asker(asker(), reason, may_mail=not no_mail)
    wish = Wish(texts or (), product, by, dry_run, yes, as_json, timedelta(seconds=patience))
    context = given(ctx)
    mapping = read_products(context.products_file(), context.sources)
    with context.open_database() as database:
        run_remap(wish, mapping, database)
