"""Options of several commands."""

from shlex import quote
from typing import Annotated

import typer

from domain.identifiers import order_reference
from kit.refusals import RefusedError
from storefronts.registry import DEFAULT


def require_storefront(order: str | None) -> str | None:
    """Refuse a sale's name without its storefront."""
    if order is not None and ":" not in order:
        raise RefusedError(
            f"{order} names no storefront: write {quote(order_reference(DEFAULT.name, order))}"
        )
    return order


def require_storefronts(orders: list[str] | None) -> list[str] | None:
    for order in orders or []:
        require_storefront(order)
    return orders


Limit = Annotated[int, typer.Option(min=1, metavar="COUNT", help="at most so many")]
AsJson = Annotated[bool, typer.Option("--json", metavar="", help="one JSON array on stdout")]
Reason = Annotated[str | None, typer.Option(metavar="TEXT", help="why, for the audit trail")]
Patience = Annotated[float, typer.Option(metavar="SECONDS", min=0, help="to watch it")]
Where = Annotated[
    str | None, typer.Option(metavar="TEXT", help="with --all: whose sentence contains it")
]
