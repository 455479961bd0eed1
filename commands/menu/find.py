"""Options and help of `mintpost find`."""

from typing import Annotated

import typer

from commands.context import given
from commands.help import examples
from commands.menu.options import AsJson, Limit

Complaint = Annotated[
    str, typer.Argument(metavar="TEXT", help="address, name or key, or a part; an order number")
]


@examples(
    ("mintpost find ada@example.com", "or a part: lovelace, QXJP-W3"),
    ("mintpost find 536901374", "the number on the buyer's receipt"),
)
def find(
    ctx: typer.Context, text: Complaint, limit: Limit = 50, *, as_json: AsJson = False
) -> None:
    """Find the sales that a buyer's complaint may mean."""
    from commands.find import print_found, print_none
    from commands.lists import SALES, print_list
    from operations.find import sales_of, whole_sale

    databases = given(ctx).open_database
    match found := sales_of(databases, text.strip(), limit):
        case [] if not as_json:
            print_none()
        case [sale] if not as_json:
            print_found(sale, whole_sale(databases, sale))
        case _:
            print_list(SALES, found, as_json=as_json)
