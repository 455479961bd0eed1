"""Options and help of `mintpost issue`."""

from datetime import timedelta
from typing import Annotated

import typer

from commands.context import given
from commands.help import examples
from commands.menu.options import AsJson, Patience, Reason
from storefronts.registry import DEFAULT

MOST = 1_000_000
MOST_YEARS = 100
MOST_MONTHS = 1200

Product = Annotated[
    str | None, typer.Option(metavar="ID", help="a product of products.yaml, which decides terms")
]
Source = Annotated[str, typer.Option(metavar="SHOP", help="whose entry in products.yaml decides")]
Tier = Annotated[
    str | None, typer.Option(metavar="TIER", help="a tier, beside the product or instead of it")
]
Years = Annotated[int | None, typer.Option(metavar="N", min=1, max=MOST_YEARS, help="the term")]
Months = Annotated[int | None, typer.Option(metavar="N", min=1, max=MOST_MONTHS, help="the term")]
Until = Annotated[str | None, typer.Option(metavar="DATE", help="its last day, as 2027-12-31")]
Seats = Annotated[int | None, typer.Option(metavar="N", min=1, max=MOST, help="in total")]
To = Annotated[str, typer.Option(metavar="ADDRESS", help="the holder's address")]
Name = Annotated[str | None, typer.Option(metavar="NAME", help="the holder's name")]
Quantity = Annotated[int, typer.Option(metavar="N", min=1, max=MOST, help="units of the product")]
Key = Annotated[
    str | None, typer.Option(metavar="KEY", help="a further key that opens the license")
]
Reference = Annotated[
    str | None, typer.Option(metavar="TEXT", help="a name: the same name gives no second license")
]
NoMail = Annotated[bool, typer.Option("--no-mail", metavar="", help="mail nobody")]


@examples(
    ("mintpost issue --to ada@example.com --product datatools-lite", None),
    ("mintpost issue --to press@example.com --tier pro --months 6 --seats 5", None),
)
def issue(  # noqa: PLR0913 - a command's options
    ctx: typer.Context,
    *,
    to: To,
    product: Product = None,
    source: Source = DEFAULT.name,
    tier: Tier = None,
    years: Years = None,
    months: Months = None,
    until: Until = None,
    seats: Seats = None,
    name: Name = None,
    quantity: Quantity = 1,
    key: Key = None,
    reference: Reference = None,
    no_mail: NoMail = False,
    reason: Reason = None,
    as_json: AsJson = False,
    patience: Patience = 10,
) -> None:
    """Give a license without a sale: to the press, a friend, a partner's customer."""
    from commands.issue import IssueWish, run_issue
    from commands.products import read_products
    from domain.granting import Granting
    from kit.asker import asker
    from kit.clock import utc_now
    from operations.wishes import IssueOptions, wanted_by

    given(ctx).require_source(source)
    options = IssueOptions(
        to, product, tier, years, months, until, seats, name, quantity, key, reference
    )
    wanted = wanted_by(options)
    catalog = read_products(given(ctx).products_file(), given(ctx).sources)
    granting = Granting(catalog, source, asker(), reason, mail=not no_mail, now=utc_now())
    wish = IssueWish(wanted, granting, as_json, timedelta(seconds=patience))
    with given(ctx).open_database() as database:
        run_issue(wish, database)
