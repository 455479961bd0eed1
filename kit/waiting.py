"""Waits for the database or Temporal when a process starts before them."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

from temporalio.service import RPCError

from domain.errors import DatabaseAwayError
from kit.temporal_outages import TemporalRefusesError, temporal_trouble

logger = logging.getLogger("mintpost.worker")

T = TypeVar("T")

AWAY_PAUSE = timedelta(seconds=2)
"""Pause between two attempts to reach the database or Temporal."""


async def retry_until_available(attempt: Callable[[], Awaitable[T]]) -> T:
    """Retry until the database or Temporal answers; log the outage once.

    Raises TemporalRefusesError when waiting cannot help.
    """
    said = False
    while True:
        try:
            return await attempt()
        except (DatabaseAwayError, RPCError, RuntimeError) as error:
            if not isinstance(error, DatabaseAwayError) and temporal_trouble(error).refused:
                raise TemporalRefusesError(temporal_trouble(error).sentence) from None
            if not said:
                logger.warning("%s", _outage_sentence(error))
            said = True
            await asyncio.sleep(AWAY_PAUSE.total_seconds())


def _outage_sentence(error: DatabaseAwayError | RPCError | RuntimeError) -> str:
    if isinstance(error, DatabaseAwayError):
        return f"{error}{error.question}"
    trouble = temporal_trouble(error).sentence
    return f"{trouble}; trying again: is it up, and is TEMPORAL_ADDRESS right?"
