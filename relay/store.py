"""The store: it keeps a request before the answer, in the database or else in the spool."""

import logging
from asyncio import Task, as_completed, create_task, gather, wait
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic

from db.engine import Database
from db.requests import NewRequest, store_request
from domain.errors import DatabaseAwayError
from domain.identifiers import event_reference
from kit.log_context import about, subject
from kit.loop import commit_failure
from relay.spool import Spool

logger = logging.getLogger(__name__)


class NotStoredError(Exception):
    """Neither the database nor the spool took the request in time."""


@dataclass(frozen=True, slots=True)
class StorePatience:
    """The time for the database alone, and the additional time for database and spool together.

    The least patient shop waits 5 s for the answer (2026-11), network included.
    """

    database: timedelta = timedelta(seconds=1)
    spool: timedelta = timedelta(milliseconds=800)

    @property
    def in_all(self) -> timedelta:
        return self.database + self.spool


class Store:
    """`stored` wakes the dispatcher, and `spooled` wakes the drainer."""

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
        """The reason why the latest commit failed or took too long."""

    async def keep(self, new: NewRequest) -> int | None:
        """Return the event's id; None if the spool has the request. Raises NotStoredError.

        A commit or a file may finish after the answer. `request_id` is unique, so that is harmless.
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
            self.report(trouble)
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
        workflow = subject().workflow or event_reference(new.source, event_id)
        with about(event=event_id, workflow=workflow):
            logger.info("stored %s event %d", new.source, event_id)
        return event_id

    async def write_down(self, new: NewRequest) -> None:
        await self.spool.run(self.spool.keep, new)
        self.spooled()
        logger.info("spooled %s request %s", new.source, new.request_id)

    def report(self, error: BaseException) -> None:
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
    """Return the result of the first success. Raises NotStoredError without one in time."""
    failures: list[str] = []
    for each in as_completed(tries, timeout=seconds):
        try:
            return await each
        except Exception as error:  # noqa: BLE001 - whatever the one says, the other may succeed
            told = error.what if isinstance(error, DatabaseAwayError) else None
            failures.append(told or getattr(error, "strerror", None) or type(error).__name__)
    raise NotStoredError(", ".join(failures))


async def give_up(tries: Iterable[Task[int | None]]) -> None:
    """Cancel tasks that still wait for a thread, so that they do not pile up in an outage."""
    for each in tries:
        each.cancel()
    # Read the results, so that asyncio logs no traceback for a failure.
    await gather(*tries, return_exceptions=True)
