"""What a license would be by today's mapping, and whether that is in its holder's favor."""

from dataclasses import dataclass
from datetime import datetime

from domain.catalog import Catalog, Offer
from domain.errors import ProductUnmappedError
from domain.sale import Sale


@dataclass(frozen=True, slots=True)
class Terms:
    """What the mapping decides of a license. `expires_at` None: it never ends."""

    tier: str
    seats: int
    expires_at: datetime | None
    product_name: str


@dataclass(frozen=True, slots=True)
class Held:
    """A license, the sale that it was minted of, and each payment that counted for its end."""

    license_id: int
    sale: Sale
    payments: tuple[Sale, ...]
    terms: Terms


def terms_today(held: Held, catalog: Catalog) -> Terms | None:
    """Return what today's mapping makes of it; None where that gives no license.

    Raises ProductUnmappedError.
    """
    sale = held.sale
    offer = catalog.find(sale.source, sale.product)
    if not offer.licensed:
        return None
    ends = [_offer_of(paid, catalog, offer).term.end(paid.sold_at) for paid in held.payments]
    known = [end for end in ends if end is not None]
    return Terms(
        tier=offer.tier,
        seats=offer.seats * sale.quantity,
        expires_at=max(known) if len(known) == len(ends) else None,
        product_name=offer.name or sale.product.name,
    )


def _offer_of(payment: Sale, catalog: Catalog, own: Offer) -> Offer:
    """Return what decides a payment's term; where that is nothing, it is the license's own."""
    try:
        offer = catalog.find(payment.source, payment.product)
    except ProductUnmappedError:
        return own
    return offer if offer.licensed else own


def is_in_favor(before: Terms, after: Terms, now: datetime) -> bool:
    """Tell whether the holder gets more, so that the new token is owed.

    Which of two tiers is the higher one, only the seller knows: another tier counts, unless
    something is taken back with it. An end that is over announces nothing.
    """
    if after.expires_at is not None and after.expires_at <= now:
        return False
    longer, shorter = _later(after, before), _later(before, after)
    if longer or after.seats > before.seats:
        return True
    return after.tier != before.tier and not shorter and after.seats == before.seats


def _later(one: Terms, other: Terms) -> bool:
    if other.expires_at is None:
        return False
    return one.expires_at is None or one.expires_at > other.expires_at
