"""Settles the audit rows of an order."""

from collections.abc import Mapping

from temporalio import activity
from typing_extensions import override

from activities.pings import ping_of
from db.clock import Clock, utc_now
from db.engine import Database
from db.events import start_again
from db.models import Event
from db.orders import close_order, fail_run
from domain.event import FAILED, NAMED, ignored
from storefronts.base import Storefront
from storefronts.remarks import Remarks
from workflows.steps import ClosedOrder, CloseStep, OrderToClose


class Close(CloseStep):
    def __init__(
        self, database: Database, storefronts: Mapping[str, Storefront], clock: Clock = utc_now
    ) -> None:
        self.database = database
        self.remarks = Remarks(storefronts)
        self.clock = clock

    @override
    @activity.defn
    async def close(self, order: OrderToClose) -> ClosedOrder:
        now = self.clock()
        if order.outcome == ignored(NAMED):
            await self.database.run(start_again, order.event_id)
            return ClosedOrder(order.outcome, 0)
        if order.outcome == FAILED:
            rows = await self.database.run(fail_run, order.event_id, order.error or "", now)
        else:
            rows = await self.database.run(
                close_order, order.event_id, order.outcome, now, self.remark
            )
        return ClosedOrder(order.outcome, rows)

    def remark(self, copy: Event, sold_to: str | None) -> str | None:
        return self.remarks(copy.source, ping_of(copy), sold_to)
