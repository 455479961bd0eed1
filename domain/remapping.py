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
