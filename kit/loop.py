"""A background loop with back-off: runs when woken, and at regular intervals."""

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from sqlalchemy.exc import SQLAlchemyError

from domain.errors import DatabaseAwayError
from kit.frames import unexpected_error

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pauses:
    """`idle` is the interval between runs.

    After failures, waits grow from `shortest` to `longest`.
    """

    idle: timedelta = timedelta(seconds=1)
    shortest: timedelta = timedelta(milliseconds=500)
    longest: timedelta = timedelta(seconds=15)

    def growing(self) -> Iterator[float]:
        """Yield the back-off in seconds after each failure in a row.

        Each is twice the one before.
        """
        pause = self.shortest
        while True:
            yield pause.total_seconds()
            pause = min(2 * pause, self.longest)


class BackgroundLoop(ABC):
    """A loop that runs until canceled.

    `waits` is the second half of the warning after a failure; `recovered` is the log line after the
    failure is over.
    """

    waits: ClassVar[str]
    recovered: ClassVar[str]

    def __init__(self, pauses: Pauses | None) -> None:
        self.pauses = pauses or Pauses()
        self.woken = asyncio.Event()
        self.trouble: str | None = None

    @abstractmethod
    async def run_once(self) -> str | None:
        """Process everything that waits.

        Return the reason if some of it must wait longer, else None.
        """

    def wake(self) -> None:
        self.woken.set()

    async def run(self) -> None:
        """Run until canceled. After a failure the back-off is kept, even when `wake` is called."""
        pauses = self.pauses.growing()
        while True:
            if await self.look():
                pauses = self.pauses.growing()
                await self.pause()
            else:
                await asyncio.sleep(next(pauses))

    async def look(self) -> bool:
        """Run once. Return False when there is work to retry; the reason is logged once."""
        # Cleared before the run: work that arrives during the run then starts the next run.
        self.woken.clear()
        try:
            trouble = await self.run_once()
        except (DatabaseAwayError, SQLAlchemyError) as error:
            trouble = commit_failure(error)
        except Exception as error:  # noqa: BLE001 - one failed look must not be the last
            trouble = unexpected_error(error)
        self.report(trouble)
        return trouble is None

    def report(self, trouble: str | None) -> None:
        if trouble is not None and trouble != self.trouble:
            logger.warning("%s: %s", trouble, self.waits)
        if trouble is None and self.trouble is not None:
            logger.info(self.recovered)
        self.trouble = trouble

    async def pause(self) -> None:
        # Not `wait_for`: on Python 3.11 it loses a cancellation that comes as the loop is woken,
        # and the process would never end.
        with suppress(TimeoutError):
            async with asyncio.timeout(self.pauses.idle.total_seconds()):
                await self.woken.wait()


def commit_failure(error: BaseException) -> str:
    """Return the reason why a row was not committed, without the driver's own words."""
    if isinstance(error, DatabaseAwayError):
        return error.what
    if isinstance(error, TimeoutError):
        return "the database gave no answer in time"
    return f"the database refuses a row ({type(error).__name__})"
