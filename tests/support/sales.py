"""Reads a request like its run: into a sale, or into the reason to mint nothing."""

from datetime import datetime

from domain.errors import SaleInvalidError
from domain.facts import Ignored, Reading, Waits, payment_in
from domain.questions import Answer
from domain.sale import Sale
from storefronts.base import StoredRequest, Storefront
from storefronts.sample import SampleRequest


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


def stored_sample(request: SampleRequest, at: datetime) -> StoredRequest:
    """Return a sample as it is stored, with the answers of its shop's API."""
    answers = tuple(Answer(path, 200, body, at) for path, body in request.answers)
    headers = tuple((name.lower(), text) for name, text in request.headers.items())
    return StoredRequest(
        request.headers["Content-Type"], request.body, at, headers=headers, answers=answers
    )
