"""The outbox relay: starts a workflow for every event without a workflow.

New events take the same path as events from before a crash or an outage. The relay claims and
leases nothing, because the workflow id makes a second start harmless, even from another process.
"""

import logging
from collections.abc import Mapping

from typing_extensions import override

from db.dispatching import WaitingEvent, mark_dispatched, record_waiting, waiting_events
from db.engine import Database
from db.orders import order_is_settled
from db.resend_runs import mark_resends_dispatched, waiting_resends
from domain.errors import DatabaseAwayError
from domain.event import OPERATOR, ORDER_KINDS
from domain.identifiers import event_reference
from kit.clock import Clock, utc_now
from kit.frames import unexpected_error
from kit.instruments import DISPATCH_LAG
from kit.log_context import about
from kit.loop import BackgroundLoop, Pauses
from kit.tracing import after_request
from reading.reader import Reader
from relay.late_copies import RelaySettling
from relay.starter import AlreadyCompletedError, Starter, TemporalAwayError
from storefronts.base import Storefront

logger = logging.getLogger(__name__)

BATCH = 100


class Dispatcher(BackgroundLoop):
    waits = "sales wait and start by themselves"
    recovered = "sales start again"

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
        self.settling = RelaySettling(Reader(database, storefronts), starter)
        self.clock = clock
        self.refused: set[int] = set()

    @override
    async def run_once(self) -> str | None:
        try:
            await self.relay()
        except TemporalAwayError as error:
            trouble = str(error)
            await self.database.write(record_waiting, trouble)
            return trouble
        return None

    async def relay(self) -> None:
        await self.settling.settle_late(self.clock())
        last = 0
        while batch := await self.database.read(waiting_events, BATCH, last):
            for event in batch:
                with about(event=event.id, order=event.order), after_request(event.request_id):
                    await self.try_to_start(event)
            last = batch[-1].id
        for resend in await self.database.read(waiting_resends):
            await self.starter.start_resend(resend)
            await self.database.write(mark_resends_dispatched, resend.ids, self.clock())

    async def try_to_start(self, event: WaitingEvent) -> None:
        """Start the event's workflow. An event that cannot start waits, and delays no other."""
        try:
            await self.start(event)
        except (DatabaseAwayError, TemporalAwayError):
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the next sale must go on
            if event.id not in self.refused:
                logger.warning("event %d cannot be started: %s", event.id, unexpected_error(error))
            self.refused.add(event.id)
            trouble = f"unexpected {type(error).__name__}: see the API's log, and please report it"
            await self.database.write(record_waiting, trouble, event.id)

    async def start(self, event: WaitingEvent) -> None:
        workflow_id = self.workflow_id(event)
        with about(workflow=workflow_id):
            await self.start_as(event, workflow_id)

    async def start_as(self, event: WaitingEvent, workflow_id: str) -> None:
        try:
            await self.starter.start(event, workflow_id)
        except AlreadyCompletedError:
            if await self.is_settled(event):
                self.wake()
                return
            # Temporal has completed the run, but the database is restored from a backup.
            await self.starter.start(event, workflow_id, again=True)
        logger.info("started the workflow of event %d", event.id)
        now, kind = self.clock(), event.kind
        if event.received_at is not None:
            DISPATCH_LAG.observe((now - event.received_at).total_seconds(), event.source)
        if not await self.database.write(mark_dispatched, event.id, workflow_id, now, kind):
            self.wake()

    def workflow_id(self, event: WaitingEvent) -> str:
        if event.source == OPERATOR:
            return event_reference(event.source, event.id)
        storefront = self.storefronts[event.source]
        return storefront.workflow_id(event.id, event.kind, event.order_id)

    async def is_settled(self, event: WaitingEvent) -> bool:
        # A refund has its sale's order id, but the settled sale does not settle the refund.
        if event.order_id is None or event.kind not in ORDER_KINDS:
            return False
        return await self.database.read(order_is_settled, event.source, event.order_id)
