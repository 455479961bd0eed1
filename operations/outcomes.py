"""Wait for the outcomes of events that a person made."""

import asyncio
from collections.abc import Collection
from datetime import timedelta
from time import monotonic

from db.engine import Database
from db.views.lists import EventLine, Filters, list_events

LOOK = timedelta(milliseconds=50)


async def outcomes_of(
    database: Database, event_ids: Collection[int], patience: timedelta
) -> list[EventLine]:
    """Return the events, oldest first, once each has an outcome or patience ends."""
    deadline = monotonic() + patience.total_seconds()
    filters = Filters(ids=event_ids, limit=len(event_ids))
    while True:
        events = await database.read(list_events, filters)
        settled = all(event.outcome is not None for event in events)
        if settled or monotonic() > deadline:
            return events[::-1]
        await asyncio.sleep(LOOK.total_seconds())
