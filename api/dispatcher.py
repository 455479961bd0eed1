"""The outbox relay: starts a workflow for every audit row that has none yet.

New rows and the leftovers of a crash or an outage take the same path, and nothing is claimed
or leased: the workflow id makes it harmless to start twice, from two processes too.
"""

import logging
import traceback
from collections.abc import Mapping

from typing_extensions import override

from api.looking import Looking, Pauses
from api.starting import AlreadyCompletedError, Starter, TemporalAwayError
from db.clock import Clock, utc_now
from db.engine import Database
from db.events import WaitingEvent, mark_dispatched, record_waiting, waiting_events
from db.models import Event
from db.orders import order_is_settled, settle_late_events
from db.resends import mark_resend_dispatched, waiting_resends
from domain.errors import DatabaseAwayError
from domain.event import ORDER_KINDS
from storefronts.base import Ping, Storefront
from storefronts.remarks import Remarks

logger = logging.getLogger(__name__)

BATCH = 100


class Dispatcher(Looking):
    def __init__(
        self,
        database: Database,
        starter: Starter,
        storefronts: Mapping[str, Storefront],
        *,
        pauses: Pauses | None = None,
        clock: Clock = utc_now,
    ) -> None:
        super().__init__(pauses)
        self.database = database
        self.starter = starter
        self.storefronts = storefronts
        self.clock = clock
        self.trouble: str | None = None

    @override
    async def look(self) -> bool:
        """Relay all that waits; False, and said once, where something is away."""
        self.woken.clear()
        try:
            return await self.relay_all()
        except DatabaseAwayError as error:
            self.say(error.sentence)
        except Exception as error:  # noqa: BLE001 - whatever it is, the next sale must go on
            frames = "".join(traceback.format_tb(error.__traceback__))
            self.say(f"unexpected {type(error).__name__} at\n{frames}")
        return False

    async def relay_all(self) -> bool:
        try:
            while await self.relay():
                pass
        except TemporalAwayError as error:
            trouble = f"Temporal cannot be reached ({error})"
            self.say(trouble)
            await self.database.run(record_waiting, trouble)
            return False
        self.recover()
        return True

    async def relay(self) -> bool:
        """Relay one batch; True where there may be more."""
        await self.database.run(settle_late_events, self.clock(), self.remark)
        waiting = await self.database.read(waiting_events, BATCH)
        for event in waiting:
            await self.start(event)
        for resend in await self.database.read(waiting_resends):
            await self.starter.start_resend(resend)
            await self.database.run(mark_resend_dispatched, resend.id, self.clock())
        return len(waiting) == BATCH

    async def start(self, event: WaitingEvent) -> None:
        storefront = self.storefronts[event.source]
        workflow_id = storefront.workflow_id(event.id, event.kind, event.order_id)
        try:
            await self.starter.start(event, workflow_id)
        except AlreadyCompletedError:
            if await self.is_settled(event):
                self.wake()
                return
            # Temporal has done it and the database does not know: it came from a backup.
            await self.starter.start(event, workflow_id, again=True)
        await self.database.run(mark_dispatched, event.id, workflow_id, self.clock())

    def remark(self, copy: Event, sold_to: str | None) -> str | None:
        ping = Ping(copy.content_type, copy.body, copy.received_at)
        return Remarks(self.storefronts)(copy.source, ping, sold_to)

    async def is_settled(self, event: WaitingEvent) -> bool:
        # A refund carries its sale's id, and is another matter than the sale.
        if event.order_id is None or event.kind not in ORDER_KINDS:
            return False
        return await self.database.read(order_is_settled, event.source, event.order_id)

    def say(self, trouble: str) -> None:
        if trouble != self.trouble:
            logger.warning("%s: sales wait and start by themselves", trouble)
        self.trouble = trouble

    def recover(self) -> None:
        if self.trouble is not None:
            logger.info("sales start again")
        self.trouble = None
