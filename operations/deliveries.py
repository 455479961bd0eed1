"""Wait for e-mails that a person asked for."""

import asyncio
from collections.abc import Collection
from datetime import timedelta
from time import monotonic

from db.engine import Database
from db.views.lists import DeliveryLine, Filters, list_deliveries
from domain.delivery import SENT, DeliveryStatus

LOOK = timedelta(milliseconds=100)
OVER = {*SENT, DeliveryStatus.REFUSED, DeliveryStatus.WITHDRAWN}
"""The states that no attempt changes any more."""

AT_ONCE = 1000
"""A query takes so many ids: SQLite allows 32,766 parameters."""


async def what_came(
    database: Database, delivery_ids: Collection[int], patience: timedelta
) -> list[DeliveryLine]:
    """Wait until each e-mail was sent or refused, or patience ends; return them newest first.

    Deliveries that go out as one mail are returned as one.
    """
    deadline = monotonic() + patience.total_seconds()
    found: dict[int, DeliveryLine] = {}
    waiting = list(delivery_ids)
    while waiting:
        lines = await _read(database, waiting)
        # A delivery may have joined another's mail since the last look.
        found = {each: line for each, line in found.items() if each not in waiting} | lines
        waiting = [each for each, line in lines.items() if line.status not in OVER]
        if not waiting or monotonic() > deadline:
            break
        await asyncio.sleep(LOOK.total_seconds())
    return [found[each] for each in sorted(found, reverse=True)]


async def _read(database: Database, ids: list[int]) -> dict[int, DeliveryLine]:
    found: dict[int, DeliveryLine] = {}
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        lines = await database.read(list_deliveries, Filters(ids=some, limit=AT_ONCE))
        found |= {line.id: line for line in lines}
    return found
