"""Measures the time from an event's arrival to the acceptance of its e-mail."""

from contextlib import suppress
from datetime import datetime

from db.engine import Database
from db.events import received_at
from domain.identifiers import is_resend
from kit.instruments import REQUEST_TO_EMAIL
from kit.log_context import subject


async def measure_accepted(database: Database, now: datetime) -> None:
    """Observe the time of the current run's event. A resend is another person's wish, and later."""
    names = subject()
    if REQUEST_TO_EMAIL.real is None or names.event is None or is_resend(names.workflow or ""):
        return
    # The mail is out and recorded: no trouble here may end the step.
    with suppress(Exception):
        arrived = await database.read(received_at, names.event)
        REQUEST_TO_EMAIL.observe((now - arrived).total_seconds(), names.source)
