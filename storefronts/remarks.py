"""Remarks on a ping of a settled order: the parts of it that were not used."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from domain.addresses import same_address
from domain.advice import advised
from domain.errors import SaleInvalidError
from domain.event import IgnoredReason
from domain.identifiers import order_reference
from domain.sale import CORRECTED, Ignored, Sale, Sold
from storefronts.base import StoredRequest, Storefront


@dataclass(frozen=True, slots=True)
class Remarks:
    """Compares a ping of an order with what was sold and to whom.

    Gumroad's "resend ping" builds the body anew (2026-08): the address may be corrected in it,
    the version or quantity be another, or the sale be refunded since.
    """

    storefronts: Mapping[str, Storefront]

    def __call__(self, source: str, ping: StoredRequest, sold: Sold | None) -> str | None:
        """Return the remark as a clause; None where the ping tells nothing new."""
        try:
            read = self.storefronts[source].parse(ping)
        except SaleInvalidError:
            return None
        if isinstance(read, Ignored):
            is_refund = read.why == IgnoredReason.REFUNDED
            return "this copy says that it was refunded" if is_refund else None
        return None if sold is None else "; ".join(_differences(read, sold)) or None


def _differences(read: Sale, sold: Sold) -> Iterator[str]:
    if (address := _address(read, sold)) is not None:
        yield address
    was = sold.sale
    others = {
        "product": read.product.product_id != was.product.product_id,
        "version": sorted(read.product.variants) != sorted(was.product.variants),
        "quantity": read.quantity != was.quantity,
    }
    if differing := [name for name, differs in others.items() if differs]:
        yield f"this copy names another {' and '.join(differing)}, which changes no license"


def _address(read: Sale, sold: Sold) -> str | None:
    if sold.holder is not None and same_address(read.email, sold.holder):
        return None
    if not same_address(read.email, sold.sale.email):
        resend = advised("resend", order_reference(read.source, read.order_id), options=["--to"])
        return f"this copy carries another address: {resend}"
    # A later charge of the subscription may have moved the license, which is no matter of this one.
    return CORRECTED if sold.corrected else None
