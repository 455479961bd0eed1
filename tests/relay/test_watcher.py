"""One open event does not keep the watcher from the others."""

from datetime import UTC, datetime

from temporalio.client import Client, WorkflowExecutionStatus
from typing_extensions import override

from db.dispatching import mark_dispatched, waiting_events
from db.engine import Database
from relay.watcher import Watcher
from tests.db.rows import store_event
from tests.support.relaying import ON_SQLITE, unique

LONG_AGO = datetime(2026, 9, 1, tzinfo=UTC)


class Puzzled(Watcher):
    """Meets a status unknown to the SDK, for example of a paused run (temporalio 1.35)."""

    @override
    async def status_of(self, workflow_id: str) -> WorkflowExecutionStatus | None:
        return WorkflowExecutionStatus(8) if workflow_id == "paused" else None


@ON_SQLITE
async def test_row_whose_run_cannot_be_told_keeps_no_other_waiting(
    database: Database, client: Client
) -> None:
    paused = await database.write(store_event, unique())
    lost = await database.write(store_event, unique())
    await database.write(mark_dispatched, paused, "paused", LONG_AGO)
    await database.write(mark_dispatched, lost, "lost", LONG_AGO)
    await Puzzled(database, client).check_all()
    assert [row.id for row in await database.read(waiting_events, 9)] == [lost]
