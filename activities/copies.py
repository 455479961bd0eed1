"""The pings that name one order, read one by one: each may have a MiB, and there may be forty."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from activities.pings import ping_of
from db.engine import Database
from db.requests import load_received_now
from domain.addresses import same_address
from domain.errors import SaleInvalidError
from domain.event import ORDER_KINDS
from domain.sale import Sale
from storefronts.base import StoredRequest, Storefront

Listed = Sequence[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class _Copy:
    written_at: datetime
    event_id: int
    sale: Sale


@dataclass(frozen=True, slots=True)
class Copies:
    """Reads in the thread that calls it, each body in a transaction of its own.

    `listed` is what `db.events.copies_of_order` has of the sale's order.
    """

    database: Database
    storefronts: Mapping[str, Storefront]

    def is_undone(self, sale: Sale, listed: Listed) -> bool:
        """Tell whether the order was refunded or disputed since it was read."""
        return self.storefronts[sale.source].is_undone(
            self._ping(event_id) for event_id, _ in listed
        )

    def with_newest_address(self, sale: Sale, listed: Listed) -> Sale:
        """Return the sale with the address and name of its newest copy.

        The seller may have corrected the address at the storefront while the sale waited.
        """
        copies = [event_id for event_id, kind in listed if kind in ORDER_KINDS]
        if len(copies) == 1:
            return sale
        read = [copy for event_id in copies for copy in self._read(sale, event_id)]
        if not read:
            return sale
        newest = max(read, key=lambda copy: (copy.written_at, copy.event_id)).sale
        if same_address(newest.email, sale.email):
            return sale
        return replace(sale, email=newest.email, name=newest.name)

    def _ping(self, event_id: int) -> StoredRequest:
        # By a clock that is not the API's: that one may have been wrong when the ping came.
        return ping_of(*self.database.read_here(load_received_now, event_id))

    def _read(self, sale: Sale, event_id: int) -> Iterator[_Copy]:
        ping = self._ping(event_id)
        try:
            read = self.storefronts[sale.source].parse(ping)
        except SaleInvalidError:
            return
        if isinstance(read, Sale) and (read.order_id, read.line) == (sale.order_id, sale.line):
            yield _Copy(read.written_at or ping.received_at, event_id, read)
