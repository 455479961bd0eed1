"""The pings that name one order, read one by one: each may have a MiB, and there may be forty."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from activities.pings import ping_of
from db.engine import Database
from db.events import copies_of_order, load_event_now
from domain.addresses import same_address
from domain.errors import SaleInvalidError
from domain.event import ORDER_KINDS
from domain.sale import Sale
from storefronts.base import Ping, Storefront


@dataclass(frozen=True, slots=True)
class _Copy:
    written_at: datetime
    event_id: int
    sale: Sale


@dataclass(frozen=True, slots=True)
class Copies:
    """Reads in the thread that calls it, each body in a transaction of its own."""

    database: Database
    storefronts: Mapping[str, Storefront]

    def is_undone(self, sale: Sale) -> bool:
        """Tell whether the order was refunded or disputed since it was read."""
        return self.storefronts[sale.source].is_undone(
            self._ping(event_id) for event_id, _ in self._listed(sale)
        )

    def with_newest_address(self, sale: Sale) -> Sale:
        """Return the sale with the address and name of its newest copy.

        The seller may have corrected the address at the storefront while the sale waited.
        """
        listed = [event_id for event_id, kind in self._listed(sale) if kind in ORDER_KINDS]
        if len(listed) == 1:
            return sale
        read = [copy for event_id in listed for copy in self._read(sale, event_id)]
        if not read:
            return sale
        newest = max(read, key=lambda copy: (copy.written_at, copy.event_id)).sale
        if same_address(newest.email, sale.email):
            return sale
        return replace(sale, email=newest.email, name=newest.name)

    def _listed(self, sale: Sale) -> list[tuple[int, str]]:
        return self.database.read_here(copies_of_order, sale.source, sale.order_id)

    def _ping(self, event_id: int) -> Ping:
        # By a clock that is not the API's: that one may have been wrong when the ping came.
        return ping_of(*self.database.read_here(load_event_now, event_id))

    def _read(self, sale: Sale, event_id: int) -> Iterator[_Copy]:
        ping = self._ping(event_id)
        try:
            read = self.storefronts[sale.source].parse(ping)
        except SaleInvalidError:
            return
        if isinstance(read, Sale) and (read.order_id, read.line) == (sale.order_id, sale.line):
            yield _Copy(read.written_at or ping.received_at, event_id, read)
