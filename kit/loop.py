"""What looks again and again, beside the requests: when it is woken, and now and then anyway."""

import asyncio
import logging
import traceback
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from sqlalchemy.exc import SQLAlchemyError

from domain.errors import DatabaseAwayError

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pauses:
    """`idle` between looks when nothing wakes it; `shortest` to `longest` while it fails."""

    idle: timedelta = timedelta(seconds=1)
    shortest: timedelta = timedelta(milliseconds=500)
    longest: timedelta = timedelta(seconds=15)

    def growing(self) -> Iterator[float]:
        """Yield the seconds of one failure after the other, each twice as long."""
        pause = self.shortest
        while True:
            yield pause.total_seconds()
            pause = min(2 * pause, self.longest)


class BackgroundLoop(ABC):
    """`waits` ends a sentence that begins with a trouble; `recovered` says that it is over."""

    waits: ClassVar[str]
    recovered: ClassVar[str]

    def __init__(self, pauses: Pauses | None) -> None:
        self.pauses = pauses or Pauses()
        self.woken = asyncio.Event()
        self.trouble: str | None = None

    @abstractmethod
    async def run_once(self) -> str | None:
        """Do all that waits; return what keeps some of it waiting."""

    def wake(self) -> None:
        self.woken.set()

    async def run(self) -> None:
        """Look until cancelled. While something is away, what is new does not hurry it."""
        pauses = self.pauses.growing()
        while True:
            if await self.look():
                pauses = self.pauses.growing()
                await self.pause()
            else:
                await asyncio.sleep(next(pauses))

    async def look(self) -> bool:
        """Do all that waits; False, and said once, where something is to be tried again."""
        # Before it looks, so that what comes meanwhile is looked at next.
        self.woken.clear()
        try:
            trouble = await self.run_once()
        except (DatabaseAwayError, SQLAlchemyError) as error:
            trouble = why(error)
        except Exception as error:  # noqa: BLE001 - whatever it is, it must look again
            trouble = unexpected(error)
        self.report(trouble)
        return trouble is None

    def report(self, trouble: str | None) -> None:
        if trouble is not None and trouble != self.trouble:
            logger.warning("%s: %s", trouble, self.waits)
        if trouble is None and self.trouble is not None:
            logger.info(self.recovered)
        self.trouble = trouble

    async def pause(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self.woken.wait(), self.pauses.idle.total_seconds())


def unexpected(error: Exception) -> str:
    """Tell where it came from: frames show code and no values."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    return f"unexpected {type(error).__name__} at\n{frames}"


def why(error: BaseException) -> str:
    """Tell in a few words, none of them the driver's own, why a row could not be committed."""
    if isinstance(error, DatabaseAwayError):
        return error.what
    if isinstance(error, TimeoutError):
        return "the database gave no answer in time"
    return f"the database refuses a row ({type(error).__name__})"
