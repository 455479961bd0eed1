"""The database goes away during each step, and the sale always continues."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import URL, text

from activities.email import MailPatience
from db.engine import open_engine
from fakes.postmark import FakePostmark
from fakes.reactions import ACCEPT_AND_HANG
from tests.support.outage import postgres_away
from tests.support.pings import changed, recorded
from tests.support.running import Mintpost, Setup, running, running_worker
from tests.support.waiting import until

ON_POSTGRES = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
AWAY = "the database cannot be used right now (OperationalError, "
WAITING = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = :name AND wait_event_type = 'Lock'"
)


@contextmanager
def held(url: URL, lock: str) -> Iterator[None]:
    """Hold a lock until the outage cuts its connection."""
    engine = open_engine(url)
    with engine.connect() as holding:
        holding.execute(text(f"LOCK TABLE {lock} MODE"))
        yield
        holding.invalidate()
    engine.dispose()


async def until_a_step_is_in_the_middle(url: URL) -> None:
    engine = open_engine(url.set(database="postgres"))

    async def waits() -> bool | None:
        with engine.connect() as looking:
            return bool(looking.scalar(WAITING, {"name": url.database})) or None

    await until(waits, "a step waits for the lock")
    engine.dispose()


async def dispatched(mintpost: Mintpost, order: str) -> None:
    """Store a sale and start its workflow, without a worker."""
    await mintpost.ping(changed(recorded("01"), sale_id=order))

    async def started() -> bool | None:
        (event,) = await mintpost.events()
        return event.workflow_id is not None or None

    await until(started, "the workflow is started")


async def done_once(mintpost: Mintpost, postmark: FakePostmark) -> None:
    (event,) = await mintpost.settled()
    assert (event.outcome, event.error) == ("fulfilled", None)
    assert len(await mintpost.licenses()) == len(postmark.accepted) == 1


@ON_POSTGRES
@pytest.mark.parametrize(
    ("step", "lock"),
    [
        ("parse", "sales IN ACCESS EXCLUSIVE"),
        ("mint", "licenses IN ACCESS EXCLUSIVE"),
        ("close", "events IN SHARE"),
    ],
)
async def test_step_goes_on_when_the_database_is_back(
    mailing: Setup, postmark: FakePostmark, database_url: URL, step: str, lock: str
) -> None:
    mailing.with_worker, order = False, f"away-at-{step}=="
    async with running(mailing) as mintpost:
        await dispatched(mintpost, order)
    # The relay is stopped, because it reads these tables too, and the step must wait for the lock.
    with held(database_url, lock):
        async with running_worker(mailing, mintpost.products):
            await until_a_step_is_in_the_middle(database_url)
            with postgres_away(database_url):
                await mintpost.pending(order, step, AWAY)
            await done_once(mintpost, postmark)


@ON_POSTGRES
async def test_mail_that_was_taken_while_the_database_was_away_is_not_sent_twice(
    mailing: Setup, postmark: FakePostmark, database_url: URL
) -> None:
    second = timedelta(seconds=1)
    mailing.patience = MailPatience(lookup=second, local=second, visible=second)
    postmark.reactions.append(ACCEPT_AND_HANG)
    async with running(mailing) as mintpost:
        await mintpost.ping(changed(recorded("01"), sale_id="away-at-email=="))

        async def taken() -> bool | None:
            return bool(postmark.accepted) or None

        await until(taken, "the provider has the mail")
        with postgres_away(database_url):
            await mintpost.pending("away-at-email==", "email", AWAY)
        await done_once(mintpost, postmark)
