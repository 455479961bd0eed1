"""Keeps a request before it is answered: in the database, or where that fails in the spool."""

import logging
from asyncio import Task, as_completed, create_task, gather, wait
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic

from db.engine import Database
from db.requests import NewRequest, store_request
from domain.errors import DatabaseAwayError
from kit.loop import commit_failure
from relay.spool import Spool

logger = logging.getLogger(__name__)


class NotStoredError(Exception):
    """Neither the database nor the spool took a request."""


@dataclass(frozen=True, slots=True)
class StorePatience:
    """How long the database alone is waited for, and how much longer for either of the two.

    Gumroad waits 5 s in all (2026-08), and the way there counts.
    """

    database: timedelta = timedelta(seconds=1)
    spool: timedelta = timedelta(milliseconds=800)

    @property
    def in_all(self) -> timedelta:
        return self.database + self.spool


class Store:
    """`stored` and `spooled` wake whoever goes on from there."""

    def __init__(
        self,
        database: Database,
        spool: Spool,
        *,
        stored: Callable[[], None],
        spooled: Callable[[], None],
        patience: StorePatience,
    ) -> None:
        self.database = database
        self.spool = spool
        self.stored = stored
        self.spooled = spooled
        self.patience = patience
        self.trouble: str | None = None
        """Why the latest row could not be committed in time."""

    async def keep(self, new: NewRequest) -> int | None:
        """Return the event's id; None where the spool has the request. Raises NotStoredError.

        What is not waited for may still come about: the UUID makes one row of it all.
        """
        begun = monotonic()
        commit = create_task(self.commit(new))
        tries: list[Task[int | None]] = [commit]
        try:
            await wait(tries, timeout=self.patience.database.total_seconds())
            trouble = commit.exception() if commit.done() else TimeoutError()
            if trouble is None:
                self.recover()
                return commit.result()
            self.say(trouble)
            tries.append(create_task(self.write_down(new)))
            left = self.patience.in_all.total_seconds() - (monotonic() - begun)
            return await first_success(tries, left)
        except NotStoredError as error:
            logger.error("a %s request could be stored nowhere: %s", new.source, error)  # noqa: TRY400 - a traceback here holds values
            raise
        finally:
            await give_up(tries)

    async def commit(self, new: NewRequest) -> int:
        event_id = await self.database.write(store_request, new)
        self.stored()
        logger.info("stored %s event %d", new.source, event_id)
        return event_id

    async def write_down(self, new: NewRequest) -> None:
        await self.spool.run(self.spool.keep, new)
        self.spooled()
        logger.info("spooled %s request %s", new.source, new.request_id)

    def say(self, error: BaseException) -> None:
        if self.trouble is None:
            logger.warning(
                "%s: requests go into the spool, and in by themselves later", commit_failure(error)
            )
        self.trouble = commit_failure(error)

    def recover(self) -> None:
        if self.trouble is not None:
            logger.info("requests go into the database again")
        self.trouble = None


async def first_success(tries: Iterable[Task[int | None]], seconds: float) -> int | None:
    """Return what the first to succeed returns. Raises NotStoredError where none does in time."""
    failures: list[str] = []
    for each in as_completed(tries, timeout=seconds):
        try:
            return await each
        except Exception as error:  # noqa: BLE001 - whatever the one says, the other may succeed
            told = error.what if isinstance(error, DatabaseAwayError) else None
            failures.append(told or getattr(error, "strerror", None) or type(error).__name__)
    raise NotStoredError(", ".join(failures))


async def give_up(tries: Iterable[Task[int | None]]) -> None:
    """Drop what still waits for a thread: a database that hangs must not leave ever more of it."""
    for each in tries:
        each.cancel()
    # Read, so that a failure nobody asked for is no traceback in the log.
    await gather(*tries, return_exceptions=True)
