"""Checks the signing key against the database, and the age of the signed lists."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from db.answer_keys import newest_key_list
from db.engine import Database
from db.revocations import newest_list
from db.signing_keys import all_keys, find_key
from domain.advice import START_WORKER
from domain.findings import Finding, broken, ok, warning
from kit.times import day
from licensing.signed_lists import GOOD_FOR

SIGNING_KEY = "signing key"
LISTS = ("revocation list", "list of answer keys")
OLD = timedelta(days=2)
"""The worker signs each list daily."""
RENEW = "put a new key in its place, and start the worker again: mintpost keys generate"


async def look_at_signing_key(database: Database, kid: str) -> Sequence[Finding]:
    """Compare the worker's key with those of the database."""
    known = await database.read(find_key, kid)
    if known is None:
        return [
            warning(SIGNING_KEY, f"no worker has started with this key yet ({kid})", START_WORKER)
        ]
    if known.revoked_at is not None:
        told = f"it was revoked on {day(known.revoked_at)} ({kid}), so no license is mailed"
        return [broken(SIGNING_KEY, told, RENEW)]
    newest = next(each for each in await database.read(all_keys) if each.revoked_at is None)
    if newest.kid != kid:
        told = f"a worker has started with a newer key ({newest.kid}) than this one ({kid})"
        return [warning(SIGNING_KEY, told, "set the newer key here, or start the worker again")]
    return [ok(SIGNING_KEY, f"the worker signs with this key ({kid})")]


async def look_at_lists(database: Database, now: datetime) -> Sequence[Finding]:
    revocations = await database.read(newest_list)
    keys = await database.read(newest_key_list)
    times = [None if each is None else each.signed_at for each in (revocations, keys)]
    return [judged(part, time, now) for part, time in zip(LISTS, times, strict=True)]


def judged(part: str, signed_at: datetime | None, now: datetime) -> Finding:
    if signed_at is None:
        return warning(part, "no worker has signed one yet", START_WORKER)
    told = f"the newest is of {day(signed_at)}"
    if now - signed_at >= GOOD_FOR:
        return broken(
            part, f"{told}, and apps believe none that is older than a week", START_WORKER
        )
    if now - signed_at >= OLD:
        return warning(part, f"{told}, although the worker signs one each day", START_WORKER)
    return ok(part, told)
