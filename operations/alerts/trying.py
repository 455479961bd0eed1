"""A test alert by both ways: the receiver of ALERT_WEBHOOK_URL, and the worker's e-mail."""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from datetime import timedelta
from time import monotonic

from db.alerts import add_digest
from db.digests import DigestState, digest_state
from db.engine import Database
from db.migrated import WrongMigrationError
from domain.digest import WRITTEN_ONLY
from domain.errors import DatabaseAwayError
from kit.clock import utc_now
from kit.post_json import post_json
from kit.refusals import RefusedError
from operations.alerts.payload import body_for
from operations.alerts.wording import test_digest
from operations.checks import Check

Open = Callable[[], AbstractContextManager[Database]]

LOOK = timedelta(milliseconds=200)
TAKES = "the receiver of ALERT_WEBHOOK_URL takes a test alert"
UNSET = "ALERT_WEBHOOK_URL is not set here, so no chat is told"
MAILED = "the worker mails a test alert to OPERATOR_EMAIL"
NOT_MAILED = (
    "it was not mailed within {seconds:g} s. Set OPERATOR_EMAIL for the worker, and look at its log"
)
AGAIN = "try again: `mintpost alerts test`"
MISSED = f"a test alert did not arrive. Correct the setting that is named above, and {AGAIN}"
NOBODY = (
    "no alert reaches you: set ALERT_WEBHOOK_URL or OPERATOR_EMAIL. Then start all processes "
    f"again, and {AGAIN}"
)


async def try_alerts(
    open_database: Open, url: str | None, operator: str | None, patience: timedelta
) -> list[Check]:
    """Send a test alert. `operator` None: the worker may have the address all the same.

    The chat is told before the database is opened, because alerts reach it without a database.
    """
    posted = await _posted(url)
    is_expected = operator is not None
    try:
        with open_database() as database:
            return [posted, await _mailed(database, patience, is_expected=is_expected)]
    except DatabaseAwayError as away:
        found = f"{away.what}{away.question}"
    except (RefusedError, WrongMigrationError) as refused:
        found = str(refused)
    return [posted, Check(MAILED, holds=not is_expected, found=found, shown=is_expected)]


def reaches_somebody(checks: Iterable[Check]) -> bool:
    return any(check.holds and check.shown for check in checks)


async def _posted(url: str | None) -> Check:
    if url is None:
        return Check(UNSET, holds=True, found="this way was not tried", shown=False)
    refused = await post_json(url, body_for(url, test_digest()))
    found = "" if refused is None else f"it {refused.what}. Correct ALERT_WEBHOOK_URL"
    return Check(TAKES, holds=refused is None, found=found)


async def _mailed(database: Database, patience: timedelta, *, is_expected: bool) -> Check:
    digest_id = await database.write(add_digest, test_digest(), utc_now())
    state = await _done(database, digest_id, patience)
    if state.is_done and state.note is None:
        return Check(MAILED, holds=True, found="")
    found = state.note or NOT_MAILED.format(seconds=patience.total_seconds())
    is_unset = not (state.is_done or state.note or is_expected)
    holds = is_unset or state.note == WRITTEN_ONLY
    return Check(MAILED, holds=holds, found=found, shown=not holds)


async def _done(database: Database, digest_id: int, patience: timedelta) -> DigestState:
    """Wait for the worker. A note, such as a refused token, is worth no further wait."""
    deadline = monotonic() + patience.total_seconds()
    while True:
        state = await database.read(digest_state, digest_id)
        if state.is_done or state.note is not None or monotonic() >= deadline:
            return state
        await asyncio.sleep(LOOK.total_seconds())
