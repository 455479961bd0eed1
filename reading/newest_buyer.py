"""The buyer that the newest copy of an order names."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from db.facts import KnownFact
from domain.addresses import same_address
from domain.event import ORDER_KINDS
from domain.facts import Buyer, Payment
from domain.sale import Sale


@dataclass(frozen=True, slots=True)
class _Copy:
    written_at: datetime
    event_id: int
    buyer: Buyer


def with_newest_buyer(sale: Sale, known: Sequence[KnownFact]) -> Sale:
    """Return the sale with the address and name of its newest copy.

    The seller may have corrected the address at the storefront while the sale waited.
    """
    copies = [*_copies(sale, known)]
    if not copies:
        return sale
    newest = max(copies, key=lambda copy: (copy.written_at, copy.event_id)).buyer
    if same_address(newest.email, sale.email):
        return sale
    return replace(sale, email=newest.email, name=newest.name)


def _copies(sale: Sale, known: Sequence[KnownFact]) -> Iterator[_Copy]:
    for each in known:
        payment = each.fact
        if (
            each.event_kind in ORDER_KINDS
            and isinstance(payment, Payment)
            and payment.buyer is not None
            and any(line.line == sale.line for line in payment.lines)
        ):
            written_at = payment.written_at or each.received_at
            yield _Copy(written_at, each.event_id, payment.buyer)
