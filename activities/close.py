"""Settles the rows of an order."""

from collections.abc import Mapping
from datetime import datetime

from temporalio import activity
from typing_extensions import override

from db.dispatching import start_again
from db.engine import Database
from db.owing import owed_step
from db.reopening import leave_waiting, refuse_order
from domain.event import (
    DELIVERED,
    REFUSALS,
    IgnoredReason,
    NotedReason,
    Outcome,
    ignored,
    noted,
)
from kit.clock import Clock, utc_now
from reading.reader import Reader
from reading.settling import Settling, count_settled
from storefronts.base import Storefront
from workflows.steps import ClosedOrder, CloseStep, OrderToClose

REFUSED = [ignored(why) for why in REFUSALS]


class Close(CloseStep):
    def __init__(
        self, database: Database, storefronts: Mapping[str, Storefront], clock: Clock = utc_now
    ) -> None:
        self.database = database
        self.settling = Settling(Reader(database, storefronts))
        self.clock = clock

    @override
    @activity.defn
    async def close(self, order: OrderToClose) -> ClosedOrder:
        now = self.clock()
        if order.outcome in DELIVERED:
            owed = await self.database.read(owed_step, order.event_id, order.unlicensed_sale_ids)
            if owed is not None:
                return ClosedOrder(order.outcome, 0, owed)
        if order.outcome in REFUSED:
            return await self.refuse(order, now)
        if order.outcome == noted(NotedReason.NO_SALE_YET):
            return await self.wait(order, now)
        if order.outcome == ignored(IgnoredReason.NAMED):
            await self.database.write(start_again, order.event_id)
            return ClosedOrder(order.outcome, 0)
        if order.outcome == Outcome.FAILED:
            rows = await self.settling.fail(order.event_id, order.error or "", now)
        else:
            rows = await self.settling.close(order.event_id, order.outcome, now)
        return ClosedOrder(order.outcome, rows)

    async def refuse(self, order: OrderToClose, now: datetime) -> ClosedOrder:
        """Settle a refused order. A fact that comes next reopens its row, which stays open then."""
        own = await self.database.write(refuse_order, order.event_id, order.outcome, now)
        if own is None:
            return ClosedOrder(order.outcome, 0, "mint")
        count_settled(order.outcome, own)
        copies = await self.settling.close_copies(order.event_id, order.outcome, now)
        return ClosedOrder(order.outcome, own + copies)

    async def wait(self, order: OrderToClose, now: datetime) -> ClosedOrder:
        """Settle a charge that waits. The license that comes next reopens its row."""
        own = await self.database.write(leave_waiting, order.event_id, order.outcome, now)
        count_settled(order.outcome, own or 0)
        return ClosedOrder(order.outcome, own or 0, None if own is not None else "mint")
