"""Turns the options of `mintpost issue` into a wanted license."""

from dataclasses import dataclass, replace
from shlex import quote

from domain.advice import advised
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
        raise RefusedError(
            "--years, --months and --until are three ways to say one end: give one: "
            f"{_again(options, '--years N')}"
        )
    if options.product is None and options.tier is None:
        again = advised("issue", options=["--product ID", "--to ADDRESS"])
        raise RefusedError(f"give a product, or a tier by --tier: {again}")
    email = _address(options)
    return Wanted(
        email=email,
        name=plain_text(options.name or "") or plain_text(email.rpartition("@")[0]),
        product=None if options.product is None else _product(options.product, options),
        tier=options.tier,
        seats=options.seats,
        quantity=options.quantity,
        term=_term(options),
        until=None if options.until is None else last_day("--until", options.until),
        key=options.key,
        reference=_reference(options),
    )


def _again(options: IssueOptions, *more: str) -> str:
    """Return the command with the product or tier that was given. No sentence has an address."""
    terms = {"--product": options.product, "--tier": options.tier}
    given = [f"{name} {quote(term)}" for name, term in terms.items() if term is not None]
    return advised("issue", options=[*given, "--to ADDRESS", *more])


def _address(options: IssueOptions) -> str:
    try:
        return mailable(seen_address(options.to), 0)
    except RecipientRefusedError:
        told = "no mail can be sent to that address; to give another"
        raise RefusedError(f"{told}: {_again(options)}") from None


def _product(product_id: str, options: IssueOptions) -> Product:
    if not is_usable(product_id):
        again = _again(replace(options, product="ID"))
        raise RefusedError(f"--product must be 1 to 200 printable characters: {again}")
    return Product(product_id, product_id)


def _term(options: IssueOptions) -> Term | None:
    if options.years is not None:
        return Term(options.years * MONTHS_A_YEAR)
    return None if options.months is None else Term(options.months)


def _reference(options: IssueOptions) -> str | None:
    text = options.reference
    if text is not None and not 0 < len(text) <= LONGEST_TEXT:
        again = _again(options, "--reference TEXT")
        raise RefusedError(f"--reference must have 1 to {LONGEST_TEXT} characters: {again}")
    return text
