"""The worker signs the list of answer keys: after a change, daily, and with a key that counts."""

from collections.abc import Sequence
from datetime import timedelta

import jwt
import pytest
from sqlalchemy import select
from typing_extensions import override

from activities.answer_keys import AnswerKeySigner
from activities.list_signer import DAY
from db.answer_keys import (
    CURRENT_FOR,
    MOST_CURRENT,
    KeyList,
    current_answer_keys,
    keep_key_list,
    use_answer_key,
    withdraw_answer_key,
)
from db.engine import Database
from db.signed_lists import KEPT
from db.signing_keys import KnownKey, remember_key, revoke_key
from db.tables import AnswerKeyListRow
from licensing.answer_keys import AnswerKeys, verify_answer_keys
from licensing.private_keys import generate_private_key
from licensing.signed_lists import GOOD_FOR
from licensing.signing import Signer
from licensing.tokens import PublicKey
from operations.keys import signing_keys
from tests.activities.revoking import SECOND, Clock

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def new_key() -> PublicKey:
    return Signer(generate_private_key(), "").public_key


FIRST, SECOND_KEY = sorted((new_key(), new_key()), key=lambda key: key.kid)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def worker(database: Database, signer: Signer, clock: Clock) -> AnswerKeySigner:
    return worker_with(database, signer, clock)


def worker_with(database: Database, signer: Signer, clock: Clock) -> AnswerKeySigner:
    key = signer.public_key
    database.write_here(remember_key, KnownKey(key.kid, key.x), clock())
    return AnswerKeySigner(database, signer, clock)


def use(database: Database, key: PublicKey, clock: Clock) -> None:
    assert database.write_here(use_answer_key, KnownKey(key.kid, key.x), clock())


def tokens(database: Database) -> Sequence[str]:
    """Return the kept lists, newest first."""
    newest = select(AnswerKeyListRow.token).order_by(AnswerKeyListRow.seq.desc())
    return database.read_here(lambda session: session.scalars(newest).all())


def lists(database: Database, signer: Signer) -> list[tuple[int, tuple[PublicKey, ...]]]:
    """Return number and keys of the kept lists, newest first, as an app reads them."""
    read = [verify_answer_keys(token, [signer.public_key]) for token in tokens(database)]
    return [(each.content.seq, each.content.keys) for each in read]


async def test_each_change_of_the_current_keys_makes_a_list(
    database: Database, worker: AnswerKeySigner, signer: Signer, clock: Clock
) -> None:
    await worker.run_once()
    use(database, FIRST, clock)
    await worker.run_once()
    use(database, SECOND_KEY, clock)
    await worker.run_once()
    database.write_here(withdraw_answer_key, FIRST.kid, "stolen", clock())
    for _ in range(3):
        await worker.run_once()
    assert lists(database, signer) == [
        (4, (SECOND_KEY,)),
        (3, (FIRST, SECOND_KEY)),
        (2, (FIRST,)),
        (1, ()),
    ]


@ON_SQLITE
async def test_a_key_that_nobody_used_for_a_week_leaves_the_list(
    database: Database, worker: AnswerKeySigner, signer: Signer, clock: Clock
) -> None:
    use(database, FIRST, clock)
    await worker.run_once()
    clock.now += CURRENT_FOR
    use(database, SECOND_KEY, clock)
    await worker.run_once()
    assert lists(database, signer)[0] == (2, (SECOND_KEY,))


@ON_SQLITE
@pytest.mark.parametrize(
    "x", ["junk", "ä", "", SECOND_KEY.x], ids=["junk", "not-ascii", "nothing", "anothers"]
)
async def test_a_thief_of_the_api_registers_no_key_that_is_none(
    database: Database, worker: AnswerKeySigner, signer: Signer, clock: Clock, x: str
) -> None:
    use(database, FIRST, clock)
    use(database, PublicKey("made-up", x), clock)
    await worker.run_once()
    assert lists(database, signer) == [(1, (FIRST,))]
    listed = {key.kid: key.hex for key in signing_keys(database)}
    assert (listed["made-up"], listed[FIRST.kid]) == ("", FIRST.hex())


@ON_SQLITE
async def test_a_key_that_was_seen_in_the_next_century_is_not_listed_until_then(
    database: Database, worker: AnswerKeySigner, signer: Signer, clock: Clock
) -> None:
    use(database, FIRST, clock)
    today, clock.now = clock.now, clock.now + timedelta(days=40_000)
    use(database, SECOND_KEY, clock)
    clock.now = today
    await worker.run_once()
    assert lists(database, signer) == [(1, (FIRST,))]


@ON_SQLITE
async def test_a_list_names_the_keys_that_were_seen_last(
    database: Database, worker: AnswerKeySigner, signer: Signer, clock: Clock
) -> None:
    for number in range(MOST_CURRENT):
        use(database, PublicKey(f"kid-{number}", "x"), clock)
    use(database, FIRST, clock)
    await worker.run_once()
    assert lists(database, signer)[0][1] == (FIRST,)
    assert len(database.read_here(current_answer_keys, clock.now)) == MOST_CURRENT


@ON_SQLITE
async def test_a_list_is_signed_daily_and_good_for_a_week(
    database: Database, worker: AnswerKeySigner, clock: Clock
) -> None:
    await worker.run_once()
    clock.now += DAY - 2 * SECOND
    await worker.run_once()
    assert len(tokens(database)) == 1
    await worker.run_once()
    assert len(tokens(database)) == 2
    claims = jwt.decode(tokens(database)[0], options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] == GOOD_FOR.total_seconds()


@ON_SQLITE
async def test_a_list_of_a_clock_that_was_ahead_is_replaced(
    database: Database, worker: AnswerKeySigner, clock: Clock
) -> None:
    clock.now += timedelta(days=300)
    await worker.run_once()
    clock.now -= timedelta(days=300)
    await worker.run_once()
    assert len(tokens(database)) == 2


@ON_SQLITE
async def test_only_the_newest_lists_stay(
    database: Database, worker: AnswerKeySigner, clock: Clock
) -> None:
    for _ in range(KEPT + 2):
        await worker.run_once()
        clock.now += DAY
    assert len(tokens(database)) == KEPT


class Outrun(Signer):
    """Signs for a worker that is always a moment behind another worker."""

    database: Database

    @override
    def sign_answer_keys(self, content: AnswerKeys) -> str:
        token = super().sign_answer_keys(content)
        if content.seq == 1:
            self.database.write_here(keep_key_list, KeyList(1, token, content.signed_at))
        return token


async def test_of_two_workers_at_once_one_signs(database: Database, clock: Clock) -> None:
    outrun = Outrun(generate_private_key(), "mintpost")
    outrun.database = database
    worker = worker_with(database, outrun, clock)
    for _ in range(2):
        assert await worker.run_once() is None
    assert len(tokens(database)) == 1


@ON_SQLITE
async def test_a_new_key_replaces_the_list_at_start_and_both_keys_get_along(
    database: Database, worker: AnswerKeySigner, clock: Clock
) -> None:
    await worker.run_once()
    newer = worker_with(database, Signer(generate_private_key(), "mintpost"), clock)
    for _ in range(3):
        await newer.run_once()
        await worker.run_once()
    assert len(tokens(database)) == 2


@ON_SQLITE
async def test_a_list_of_a_revoked_key_is_replaced_and_that_key_signs_none(
    database: Database, worker: AnswerKeySigner, signer: Signer, clock: Clock
) -> None:
    renewed = Signer(generate_private_key(), "mintpost")
    newer = worker_with(database, renewed, clock)
    await newer.run_once()
    await worker.run_once()
    database.write_here(revoke_key, signer.kid, "stolen", clock())
    await newer.run_once()
    assert jwt.get_unverified_header(tokens(database)[0])["kid"] == renewed.kid
    clock.now += DAY
    assert "revoked" in str(await worker.run_once())
    assert len(tokens(database)) == 3
