"""Waits, at a process's start, for a database or a Temporal that is away."""

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
"""Between two looks for a database or a Temporal that is away at start."""


async def patiently(attempt: Callable[[], Awaitable[T]]) -> T:
    """Repeat until what is away is there; say so once. Raises TemporalRefusesError."""
    said = False
    while True:
        try:
            return await attempt()
        except (DatabaseAwayError, RPCError, RuntimeError) as error:
            if not isinstance(error, DatabaseAwayError) and temporal_trouble(error).refused:
                raise TemporalRefusesError(temporal_trouble(error).sentence) from None
            if not said:
                logger.warning("%s", _away(error))
            said = True
            await asyncio.sleep(AWAY_PAUSE.total_seconds())


def _away(error: DatabaseAwayError | RPCError | RuntimeError) -> str:
    if isinstance(error, DatabaseAwayError):
        return f"{error}{error.question}"
    trouble = temporal_trouble(error).sentence
    return f"{trouble}; trying again: is it up, and is TEMPORAL_ADDRESS right?"
