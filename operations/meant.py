"""Find the licenses that a person names by sales or keys."""

from collections.abc import Sequence
from shlex import quote

from sqlalchemy.orm import Session

from db.further_keys import licenses_of_any_key
from db.remaps import licenses_of_order
from db.views.lists import SaleLine
from db.views.search import find_sales
from domain.advice import advised
from domain.event import EventStatus, IgnoredReason, ignored
from kit.refusals import RefusedError
from operations.find import bare_key, reference_of

MANY = 20


class WithoutLicenseError(RefusedError):
    """The text names a sale, and the sale has no license."""

    def __init__(self, sale: SaleLine) -> None:
        self.sale = sale
        super().__init__(_without_license(sale))


def licenses_meant(session: Session, texts: Sequence[str]) -> list[int]:
    """Return the licenses in the order of their names, without repetition.

    Raises RefusedError with a sentence for each text without a license or with several sales.
    """
    ids: dict[int, None] = {}
    problems: list[str] = []
    for text in texts:
        try:
            ids |= dict.fromkeys(licenses_of_text(session, text.strip()))
        except RefusedError as error:
            problems.append(str(error))
    if problems:
        raise RefusedError("\n".join(dict.fromkeys(problems)))
    return list(ids)


def licenses_of_text(session: Session, text: str) -> list[int]:
    """Return the licenses that one text names. Raises WithoutLicenseError and RefusedError."""
    key = bare_key(text)
    source, _, order_id = text.partition(":")
    if found := licenses_of_order(session, source, order_id) or licenses_of_any_key(session, text):
        return found
    # A part of a name also finds a sale, but a change needs a whole name.
    sales = [
        sale
        for sale in find_sales(session, order_id or text, key, MANY)
        if text in _names(sale) or text.casefold() == (sale.email or "").casefold()
    ]
    if not sales:
        look = advised("find", text)
        raise RefusedError(f"no sale and no license is {quote(text)}; to look for it: {look}")
    if len(sales) > 1:
        names = ", ".join(reference_of(sale) for sale in sales)
        raise RefusedError(f"{quote(text)} means several sales, name one: {names}")
    (sale,) = sales
    if found := licenses_of_order(session, sale.source, sale.order_id):
        return found
    raise WithoutLicenseError(sale)


def _names(sale: SaleLine) -> tuple[str | None, ...]:
    return reference_of(sale), sale.order_id, sale.order_number


def _without_license(sale: SaleLine) -> str:
    order = reference_of(sale)
    if sale.status in {EventStatus.OPEN, EventStatus.PARKED}:
        return (
            f"{order} has no license yet, and gets one by the mapping of that moment: "
            f"{advised('retry', order)}"
        )
    if sale.status == ignored(IgnoredReason.NO_LICENSE):
        return (
            f"{order} has no license, for products.yaml gave it none; where it does today: "
            f"{advised('replay', order, options=['--settled'])}"
        )
    return f"{order} has no license: {advised('show', order)} tells why"
