"""Settles the events of an order."""

from collections.abc import Mapping

from temporalio import activity
from typing_extensions import override

from activities.pings import ping_of
from db.dispatching import start_again
from db.engine import Database
from db.owing import owed_step
from db.settling import Copy, Settling
from domain.event import DELIVERED, IgnoredReason, Outcome, ignored
from domain.sale import Sold
from kit.clock import Clock, utc_now
from storefronts.base import Storefront
from storefronts.remarks import Remarks
from workflows.steps import ClosedOrder, CloseStep, OrderToClose


class Close(CloseStep):
    def __init__(
        self, database: Database, storefronts: Mapping[str, Storefront], clock: Clock = utc_now
    ) -> None:
        self.database = database
        self.settling = Settling(database, self.remark)
        self.remarks = Remarks(storefronts)
        self.clock = clock

    @override
    @activity.defn
    async def close(self, order: OrderToClose) -> ClosedOrder:
        now = self.clock()
        if order.outcome in DELIVERED:
            owed = await self.database.read(owed_step, order.event_id)
            if owed is not None:
                return ClosedOrder(order.outcome, 0, owed)
        if order.outcome == ignored(IgnoredReason.NAMED):
            await self.database.write(start_again, order.event_id)
            return ClosedOrder(order.outcome, 0)
        if order.outcome == Outcome.FAILED:
            rows = await self.settling.fail(order.event_id, order.error or "", now)
        else:
            rows = await self.settling.close(order.event_id, order.outcome, now)
        return ClosedOrder(order.outcome, rows)

    def remark(self, copy: Copy, sold: Sold | None) -> str | None:
        ping = ping_of(copy.event, copy.request, self.clock())
        return self.remarks(copy.event.source, ping, sold)
