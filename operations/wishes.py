"""Turns the options of `mintpost issue` into a wanted license."""

from dataclasses import dataclass

from domain.errors import RecipientRefusedError
from domain.folding import seen_address
from domain.identifiers import is_usable
from domain.license import MONTHS_A_YEAR, Term
from domain.sale import Product
from domain.text import LONGEST_TEXT, plain_text
from domain.wanted import Wanted
from kit.addresses import mailable
from kit.refusals import RefusedError
from operations.own_times import last_day


@dataclass(frozen=True, slots=True)
class IssueOptions:
    """The options as a person gave them."""

    to: str
    product: str | None
    tier: str | None
    years: int | None
    months: int | None
    until: str | None
    seats: int | None
    name: str | None
    quantity: int
    key: str | None
    reference: str | None


def wanted_by(options: IssueOptions) -> Wanted:
    """Return the wanted license. Raises RefusedError."""
    terms = (options.years, options.months, options.until)
    if sum(term is not None for term in terms) > 1:
        raise RefusedError("--years, --months and --until are three ways to say one end: give one")
    if options.product is None and options.tier is None:
        again = "`mintpost issue --product ID --to ADDRESS`"
        raise RefusedError(f"give a product, or a tier by --tier: {again}")
    email = _address(options.to)
    return Wanted(
        email=email,
        name=plain_text(options.name or "") or plain_text(email.rpartition("@")[0]),
        product=None if options.product is None else _product(options.product),
        tier=options.tier,
        seats=options.seats,
        quantity=options.quantity,
        term=_term(options),
        until=None if options.until is None else last_day("--until", options.until),
        key=options.key,
        reference=_reference(options.reference),
    )


def _address(text: str) -> str:
    try:
        return mailable(seen_address(text), 0)
    except RecipientRefusedError:
        raise RefusedError("no mail can be sent to that address: check --to") from None


def _product(product_id: str) -> Product:
    if not is_usable(product_id):
        raise RefusedError("--product must be 1 to 200 printable characters")
    return Product(product_id, product_id)


def _term(options: IssueOptions) -> Term | None:
    if options.years is not None:
        return Term(options.years * MONTHS_A_YEAR)
    return None if options.months is None else Term(options.months)


def _reference(text: str | None) -> str | None:
    if text is not None and not 0 < len(text) <= LONGEST_TEXT:
        raise RefusedError(f"--reference must have 1 to {LONGEST_TEXT} characters")
    return text
