"""What a person should know of a ping whose order another ping has settled."""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.advice import advised
from domain.errors import SaleInvalidError
from domain.identifiers import order_reference
from domain.sale import Ignored
from storefronts.base import Ping, Storefront


@dataclass(frozen=True, slots=True)
class Remarks:
    """Compares a late copy of an order with the sale that was made of the first one.

    Gumroad's "resend ping" builds the body anew (2026-08): the address may be corrected in it,
    or the sale be refunded since.
    """

    storefronts: Mapping[str, Storefront]

    def __call__(self, source: str, ping: Ping, sold_to: str | None) -> str | None:
        """Return the remark as a clause; None where the copy tells nothing new."""
        try:
            read = self.storefronts[source].parse(ping)
        except SaleInvalidError:
            return None
        if isinstance(read, Ignored):
            return "this copy says that it was refunded" if read.why == "refunded" else None
        if sold_to is None or read.email == sold_to:
            return None
        resend = advised("resend", order_reference(source, read.order_id), options=["--to"])
        return f"this copy carries another address: {resend}"
