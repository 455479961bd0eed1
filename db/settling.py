"""Settles the rows of an order, and notes on each which part of it was not used.

Bodies are read one by one and compared in a thread of their own, outside of any transaction
that writes: however many long copies of one order there are, nobody else waits for them.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from db.engine import Database
from db.events import StoredEvent, note_event
from db.orders import (
    close_row,
    copies_to_settle,
    fail_run,
    late_copies,
    rows_to_fail,
    settle_copy,
)
from db.requests import KeptRequest, load_received
from db.sales import sale_of
from db.tables import EventRow, LicenseRow, RequestRow, SaleRow
from domain.event import ORDER_KINDS, is_ignored
from domain.sale import Sold

LONGEST_COMPARED = 64 * 1024
"""Ten times what a storefront sends. The relay compares too, and a sale must not wait for it."""

MOST_KEPT = 2**63
"""A run's own ping is one body, and the worker's to compare, however long it is."""


@dataclass(frozen=True, slots=True)
class Copy:
    """An event of the order, and the request that brought it."""

    event: StoredEvent
    request: KeptRequest


Remark = Callable[[Copy, Sold | None], str | None]
"""Says of a ping of an order, given what that was sold as, what of it was not used."""


@dataclass(frozen=True, slots=True)
class Settling:
    """`remark` is asked in a thread of its own. A crash in between leaves rows to be settled."""

    database: Database
    remark: Remark

    async def close(self, event_id: int, outcome: str, now: datetime) -> int:
        """Settle this row, and the order's other open or failed rows as its duplicates.

        Return how many rows were settled.
        """
        settled = 0
        # The copies first: who sees the row settled sees the order settled.
        for copy in await self.database.read(copies_to_settle, event_id, outcome):
            remark = await self.about(copy)
            settled += await self.database.write(settle_copy, copy, event_id, now, remark)
        own = None if is_ignored(outcome) else await self.about(event_id, MOST_KEPT)
        return settled + await self.database.write(close_row, event_id, outcome, now, own)

    async def fail(self, event_id: int, sentence: str, now: datetime) -> int:
        """Fail the run's rows; one that carries another address may be what mends it."""
        for row in await self.database.read(rows_to_fail, event_id):
            if (remark := await self.about(row)) is not None:
                await self.database.write(note_event, row, remark)
        return await self.database.write(fail_run, event_id, sentence, now)

    async def settle_late(self, now: datetime) -> None:
        for copy, settled_by in await self.database.read(late_copies):
            remark = await self.about(copy)
            await self.database.write(settle_copy, copy, settled_by, now, remark)

    async def about(self, event_id: int, longest: int = LONGEST_COMPARED) -> str | None:
        copy = await self.database.read(_load_copy, event_id, longest)
        if isinstance(copy, _Compared):
            return await asyncio.to_thread(self.remark, copy.copy, copy.sold)
        return copy


@dataclass(frozen=True, slots=True)
class _Compared:
    copy: Copy
    sold: Sold | None


def _load_copy(session: Session, event_id: int, longest: int) -> _Compared | str | None:
    """Return what is to be compared, or why it is not, which a person should know as well."""
    measured = select(RequestRow.body_bytes, EventRow.kind).join(
        RequestRow, RequestRow.event_id == EventRow.id
    )
    length, kind = session.execute(measured.where(EventRow.id == event_id)).one()
    if kind not in ORDER_KINDS:
        return None
    if length > longest:
        return f"its body has {length:,} bytes, and was not compared with the sale"
    copy = Copy(*load_received(session, event_id))
    return _Compared(copy, _sold(session, copy.event)) if copy.request.is_whole else None


def _sold(session: Session, event: StoredEvent) -> Sold | None:
    order = select(SaleRow).filter_by(source=event.source, order_id=event.order_id)
    sale = session.scalars(order.order_by(SaleRow.id).limit(1)).one_or_none()
    if sale is None:
        return None
    own = LicenseRow.sale_id == sale.id
    if sale.subscription_id is not None:
        own = or_(own, LicenseRow.subscription_id == sale.subscription_id)
    of_sale = select(LicenseRow.email, LicenseRow.correction_id)
    found = session.execute(of_sale.where(LicenseRow.source == sale.source, own).limit(1))
    holder, correction = found.one_or_none() or (None, None)
    return Sold(sale_of(sale), holder, correction is not None)
