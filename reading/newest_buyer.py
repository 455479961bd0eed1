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
    copies = [each for each in _copies(known, sale.line) if each.buyer.email]
    if not copies:
        return sale
    newest = max(copies, key=_time_of).buyer
    if same_address(newest.email, sale.email):
        return sale
    return replace(sale, email=newest.email, name=newest.name)


def newest_address(known: Sequence[KnownFact]) -> str | None:
    """Return the address in the newest copy of an order that names one."""
    named = [each for each in _copies(known) if each.buyer.email]
    return max(named, key=_time_of).buyer.email if named else None


def _copies(known: Sequence[KnownFact], line: str | None = None) -> Iterator[_Copy]:
    """Yield the copies of the order, or those with the line."""
    for fact in known:
        payment = fact.fact
        if (
            fact.event_kind in ORDER_KINDS
            and isinstance(payment, Payment)
            and payment.buyer is not None
            and any(line in {None, each.line} for each in payment.lines)
        ):
            written_at = payment.written_at or fact.received_at
            yield _Copy(written_at, fact.event_id, payment.buyer)


def _time_of(copy: _Copy) -> tuple[datetime, int]:
    return copy.written_at, copy.event_id
