"""Reads a request like its run: into a sale, or into the reason to mint nothing."""

from domain.errors import SaleInvalidError
from domain.facts import Ignored, Reading, Waits, payment_in
from domain.sale import Sale
from storefronts.base import StoredRequest, Storefront


def sale_in(storefront: Storefront, request: StoredRequest) -> Sale | Ignored | Waits:
    """Return the first line's sale. Raises SaleInvalidError, as the step parse does."""
    reading = storefront.read(request)
    if isinstance(reading.ends, SaleInvalidError):
        raise reading.ends
    return reading.ends or sale_of_first_line(storefront, reading)


def note_of(storefront: Storefront, request: StoredRequest) -> str | None:
    payment = payment_in(storefront.read(request).facts)
    assert payment is not None
    return payment.note


def sale_of_first_line(storefront: Storefront, reading: Reading) -> Sale:
    payment = payment_in(reading.facts)
    assert payment is not None
    return payment.sales(storefront.name)[0]
