"""Find a sale by an address, a key or a number, because few people have the id."""

import sys
from collections.abc import Collection, Sequence

from db.views.lists import SaleLine
from db.views.search import find_sales
from domain.addresses import person
from domain.advice import command
from domain.identifiers import order_reference
from kit.refusals import RefusedError
from licensing.keys import normalize
from operations.databases import Databases
from operations.whole_order import WholeOrder, load_order

MOST = 10
"""The number of sales that a refusal names."""
ALL_EVENTS = "all that came in: `mintpost events`"


class UnknownSaleError(RefusedError):
    """No sale and no event is known by the text."""

    def __init__(self, text: str) -> None:
        super().__init__(f"no event of {text} is known; {ALL_EVENTS}")


class SeveralSalesError(RefusedError):
    """The text may mean each of `sales`. The sentence has a command for each."""

    def __init__(self, text: str, sales: Sequence[SaleLine]) -> None:
        self.sales = sales
        lines = [f"  {command('show', reference_of(sale))}  # {bought(sale)}" for sale in sales]
        if len(sales) > MOST:
            lines[MOST:] = [f"  {command('find', text)}  # lists the others too"]
        super().__init__("\n".join([f"{text} may mean several sales; show one of them:", *lines]))


def bare_key(text: str) -> str:
    """Return the text as keys are searched: without dashes."""
    return normalize(text).replace("-", "")


def reference_of(sale: SaleLine) -> str:
    return order_reference(sale.source, sale.order_id)


def bought(sale: SaleLine) -> str:
    """Return a line about the buyer and the product."""
    variants = ", ".join(f"{category}: {choice}" for category, choice in sale.variants.items())
    product = f"{sale.quantity} × {sale.product_name}{f' ({variants})' if variants else ''}"
    buyer = person(sale.name, sale.email)
    given = f", given by {sale.giver}" if sale.giver else ""
    return f"{product} for {buyer}{given}{', a test' if sale.test else ''}"


def references(text: str, sources: Collection[str]) -> list[str]:
    """Return the possible references of a text, with each storefront if the text names none."""
    if text.partition(":")[0] in sources:
        return [text]
    return [order_reference(source, text) for source in sources]


def sales_of(databases: Databases, text: str, limit: int) -> list[SaleLine]:
    """Return the sales that a complaint may mean, newest first."""
    with databases() as database:
        return database.read_here(find_sales, text, bare_key(text), min(limit, sys.maxsize))


def whole_sale(databases: Databases, sale: SaleLine) -> WholeOrder:
    """Return all rows of a sale."""
    with databases() as database:
        return database.read_here(load_order, sale.source, sale.order_id)


def the_one_sale(databases: Databases, text: str) -> str:
    """Return the reference of the only sale that the text may mean.

    Raises UnknownSaleError and SeveralSalesError.
    """
    found = sales_of(databases, text, MOST + 1)
    if not found:
        raise UnknownSaleError(text)
    if len(found) > 1:
        raise SeveralSalesError(text, found)
    return reference_of(found[0])
