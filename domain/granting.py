"""Decides the terms of a license that a person gives without a sale."""

from dataclasses import dataclass, replace
from datetime import datetime

from domain.catalog import Catalog, Choice, Offer
from domain.decisions import Decision
from domain.errors import ProductUnmappedError
from domain.folding import fold_option
from domain.grants import Grant
from domain.identifiers import is_usable, order_reference
from domain.license import end_of_day
from domain.sale import Product
from domain.wanted import OrderName, Wanted, license_order

LONGEST_TIER = 50
NAMES_NOTHING = "it names neither a product nor a tier: give one of them"
NO_LICENSE = "products.yaml gives its product no license: name a tier, or correct the entry"
ENDS_FIRST = "it ends before it begins: correct the end or the day of issue"


class GrantRefusedError(ValueError):
    """The license cannot be given. The sentence says why, and quotes nobody's address."""


@dataclass(frozen=True, slots=True)
class Granting:
    """The mapping, the storefront whose entries decide where a wish names none, and the person."""

    catalog: Catalog
    default: str
    by: str
    why: str | None
    mail: bool
    now: datetime


def grant_of(wanted: Wanted, identity: str, granting: Granting) -> Grant:
    """Return the grant with its decided terms. Raises GrantRefusedError."""
    at = wanted.issued_at or granting.now
    if wanted.until is not None and wanted.until < at:
        raise GrantRefusedError(ENDS_FIRST)
    order = license_order(wanted, identity)
    product, decision, note = _decided(wanted, order, granting)
    return Grant(
        order_id=order.order_id,
        line=order.line,
        at=at,
        product=product,
        decision=_with_own_terms(decision, wanted),
        email=wanted.email,
        name=wanted.name,
        by=granting.by,
        why=granting.why,
        key=wanted.key,
        mail=granting.mail,
        note=note,
    )


def _decided(
    wanted: Wanted, order: OrderName, granting: Granting
) -> tuple[Product, Decision, str | None]:
    if wanted.tier is not None and not (
        is_usable(wanted.tier) and len(wanted.tier) <= LONGEST_TIER
    ):
        raise GrantRefusedError(f"its tier must be 1 to {LONGEST_TIER} printable characters")
    if wanted.product is None:
        return _of_tier(wanted, granting)
    found = _choice(wanted, wanted.product, granting)
    if found is None:
        return wanted.product, _bare(wanted, wanted.product, granting), None
    sha256 = granting.catalog.sha256
    decision = found.choice.offer.decide(found.product, wanted.quantity, sha256, found.source)
    note = found.choice.note(order_reference(order.source, order.order_id))
    return found.product, replace(decision, tier=wanted.tier or decision.tier), note


@dataclass(frozen=True, slots=True)
class _Found:
    """The storefront and its entry that decide, and the product with its options' categories."""

    source: str
    product: Product
    choice: Choice


def _choice(wanted: Wanted, product: Product, granting: Granting) -> _Found | None:
    """Return the entry that decides; None if a tier alone decides. Raises GrantRefusedError."""
    sources = tuple(dict.fromkeys(filter(None, (wanted.source, granting.default))))
    found = [each for source in sources if (each := _entry(source, product, wanted, granting))]
    licensed = [each for each in found if each.choice.offer.licensed]
    if licensed:
        return licensed[0]
    if wanted.tier is not None:
        return None
    if found:
        raise GrantRefusedError(NO_LICENSE)
    unmapped = ProductUnmappedError(sources[0], product.product_id)
    raise GrantRefusedError(f"{unmapped.sentence}, or name a tier")


def _entry(source: str, product: Product, wanted: Wanted, granting: Granting) -> _Found | None:
    offers = granting.catalog.offers.get(source, ())
    chosen = _with_categories(product, wanted.options, offers)
    choice = granting.catalog.choose_or_none(source, chosen)
    return None if choice is None else _Found(source, chosen, choice)


def _with_categories(
    product: Product, options: tuple[str, ...], offers: tuple[Offer, ...]
) -> Product:
    """Give each option the category that an entry of the product has for it."""
    if not options:
        return product
    known = {
        fold_option(option): (category, option)
        for offer in offers
        if offer.product_id in product.names
        for category, option in offer.variant
    }
    chosen = [known.get(fold_option(option), ("", option)) for option in options]
    return replace(product, variants=(*product.variants, *chosen))


def _of_tier(wanted: Wanted, granting: Granting) -> tuple[Product, Decision, str | None]:
    """Take the product whose entries alone have the tier, because apps look at the product."""
    if wanted.tier is None:
        raise GrantRefusedError(NAMES_NOTHING)
    offers = [
        (source, offer)
        for source, of_source in granting.catalog.offers.items()
        for offer in of_source
        if offer.licensed and offer.tier == wanted.tier
    ]
    if len({offer.product_id for _, offer in offers}) != 1:
        product = Product(wanted.tier, wanted.tier)
        return product, _bare(wanted, product, granting), None
    source, first = offers[0]
    product = Product(first.product_id, first.name or first.product_id)
    return product, replace(_bare(wanted, product, granting), mapped_under=source), None


def _bare(wanted: Wanted, product: Product, granting: Granting) -> Decision:
    """Return terms without an entry: one seat, for ever."""
    return Decision(
        product_id=product.product_id,
        product_name=product.name,
        tier=wanted.tier or "",
        seats=1,
        quantity=wanted.quantity,
        months=None,
        products_sha256=granting.catalog.sha256,
    )


def _with_own_terms(decision: Decision, wanted: Wanted) -> Decision:
    if wanted.seats is not None:
        decision = replace(decision, seats=wanted.seats, quantity=1)
    if wanted.until is not None:
        return replace(decision, months=None, ends_at=end_of_day(wanted.until))
    return decision if wanted.term is None else replace(decision, months=wanted.term.months)
