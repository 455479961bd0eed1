"""Finds the sale that a person means by an address, a key or a number: few have its id."""

import sys
from collections.abc import Collection

from commands.database import Databases
from commands.lists import SALES
from db.views.lists import SaleLine
from db.views.search import find_sales
from domain.advice import command
from domain.identifiers import order_reference
from kit.refusals import RefusedError
from licensing.keys import normalize

MOST = 10


def bare_key(text: str) -> str:
    """Return it as keys are searched: written as one, without dashes."""
    return normalize(text).replace("-", "")


def reference_of(sale: SaleLine) -> str:
    return order_reference(sale.source, sale.order_id)


def references(text: str, sources: Collection[str]) -> list[str]:
    """Return the references that `text` is or lacks only the storefront of."""
    if text.partition(":")[0] in sources:
        return [text]
    return [order_reference(source, text) for source in sources]


def sales_of(databases: Databases, text: str, limit: int) -> list[SaleLine]:
    """Return the sales that a complaint may mean, newest first."""
    with databases() as database:
        return database.read_here(find_sales, text, bare_key(text), min(limit, sys.maxsize))


def the_one_sale(databases: Databases, text: str) -> str:
    """Return the reference of the only sale that `text` may mean. Raises RefusedError."""
    found = sales_of(databases, text, MOST + 1)
    if not found:
        raise RefusedError(f"no event of {text} is known: `mintpost events` lists them")
    if len(found) == 1:
        return reference_of(found[0])
    lines = [f"  {command('show', reference_of(sale))}  # {SALES.remark(sale)}" for sale in found]
    if len(found) > MOST:
        lines[MOST:] = [f"  {command('find', text)}  # lists the others too"]
    raise RefusedError("\n".join([f"{text} may mean several sales; show one of them:", *lines]))
