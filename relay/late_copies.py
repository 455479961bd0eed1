"""Settles copies that arrived after their order was settled."""

import logging
from dataclasses import dataclass
from datetime import datetime

from typing_extensions import override

from db.dispatching import WaitingEvent, mark_dispatched
from db.events import load_event
from domain.errors import DatabaseAwayError
from domain.facts import Fact
from domain.identifiers import event_reference
from kit.frames import unexpected_error
from reading.settling import Settling
from relay.starter import Starter

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RelaySettling(Settling):
    """Settles late copies. A copy that cannot be compared does not stop the next copy."""

    starter: Starter

    @override
    async def apply(self, copy: int, now: datetime) -> None:
        """Start a run of its own for a copy that tells a refund or a dispute."""
        database = self.reader.database
        stored = await database.read(load_event, copy)
        event = WaitingEvent(
            copy,
            stored.source,
            stored.kind,
            stored.order_id,
            stored.product_id,
            stored.received_at,
        )
        workflow_id = event_reference(stored.source, copy)
        await self.starter.apply(event, workflow_id)
        await database.write(mark_dispatched, copy, workflow_id, now)

    @override
    async def facts_of(self, event_id: int) -> tuple[Fact, ...]:
        try:
            # The API's role in PostgreSQL may keep no facts. The worker keeps them when it needs
            # them.
            return await self.reader.read_unkept(event_id)
        except DatabaseAwayError:
            raise
        except Exception as error:  # noqa: BLE001 - settling goes on without a remark
            logger.warning("no remark on event %d: %s", event_id, unexpected_error(error))
            return ()
