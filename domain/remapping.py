"""The terms of a license under today's product mapping, compared with its present terms."""

from dataclasses import dataclass
from datetime import datetime

from domain.catalog import Catalog, Offer
from domain.errors import ProductUnmappedError
from domain.sale import Sale


@dataclass(frozen=True, slots=True)
class Terms:
    """The part of a license that the mapping decides. `expires_at` None: it never ends."""

    tier: str
    seats: int
    expires_at: datetime | None
    product_name: str


@dataclass(frozen=True, slots=True)
class LicenseWithPayments:
    """A license with its sale and with each payment that counted for its end."""

    license_id: int
    sale: Sale
    payments: tuple[Sale, ...]
    terms: Terms


def terms_today(held: LicenseWithPayments, catalog: Catalog) -> Terms | None:
    """Return the terms by today's mapping; None if the mapping gives no license.

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
    """Return the offer of a payment. Without a mapping of its own, the license's offer counts."""
    try:
        offer = catalog.find(payment.source, payment.product)
    except ProductUnmappedError:
        return own
    return offer if offer.licensed else own


def is_in_favor(before: Terms, after: Terms, now: datetime) -> bool:
    """Tell whether the holder gains something, so that a mail with the new token is owed.

    Only the seller knows which of two tiers is higher. So a new tier counts as a gain, unless the
    holder loses time or seats with it. No mail is owed for a license that has ended.
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
