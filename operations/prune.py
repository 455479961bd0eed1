"""Drop the raw bodies of events that closed long ago."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from db.dropping import count_prunable, drop_answers, drop_requests, prunable_events
from db.engine import Database
from kit.clock import utc_now

BATCH = 500
"""So many events at once, so that no webhook waits long for the lock."""


def prune(database: Database, before: datetime) -> Mapping[str, int]:
    """Drop the bodies; return how many requests and answers were dropped."""
    counts = {"requests": 0, "answers": 0}
    last = 0
    while events := database.read_here(prunable_events, before, last, BATCH):
        requests, answers = database.write_here(_drop, events)
        counts = {
            "requests": counts["requests"] + requests,
            "answers": counts["answers"] + answers,
        }
        last = events[-1]
    return counts


def prunable(database: Database, before: datetime) -> int:
    """Return the number of events whose bodies would be dropped."""
    return database.read_here(count_prunable, before)


def _drop(session: Session, events: list[int]) -> tuple[int, int]:
    return drop_requests(session, events, utc_now()), drop_answers(session, events)
