"""The worker signs the revocation list: after a change, daily, once, and with a key that counts."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from typing_extensions import override

from activities.list_signer import DAY
from activities.revocation_draft import read_state
from activities.revocations import SETTLED, RevocationSigner
from db.engine import Database
from db.revocations import NewList, keep_list
from db.signed_lists import KEPT
from db.signing_keys import revoke_key
from db.tables import LicenseRow
from licensing.private_keys import generate_private_key
from licensing.revocations import Revocations
from licensing.signing import Signer
from tests.activities.revoking import (
    SECOND,
    Clock,
    dispute,
    lists,
    named,
    refund,
    refund_partly,
    revoke_without_history,
    sell,
    signers,
    win,
    worker_with,
)

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def worker(database: Database, signer: Signer, clock: Clock) -> RevocationSigner:
    return worker_with(database, signer, clock)


async def test_an_empty_list_is_signed_first_and_once(
    database: Database, worker: RevocationSigner, signer: Signer
) -> None:
    for _ in range(3):
        assert await worker.run_once() is None
    (only,) = lists(database, signer)
    assert (only.seq, only.revoked) == (1, ())


async def test_each_change_of_a_status_makes_a_list(
    database: Database, worker: RevocationSigner, signer: Signer
) -> None:
    sell(database, "1", "2", "3")
    await worker.run_once()
    refund(database, "1")
    dispute(database, "2")
    await worker.run_once()
    win(database, "2")
    await worker.run_once()
    assert [(each.seq, each.revoked) for each in lists(database, signer)] == [
        (3, named("jti-1")),
        (2, named("jti-1", "jti-2")),
        (1, ()),
    ]


async def test_a_sale_makes_no_list_and_no_look_at_all_licenses(
    database: Database, worker: RevocationSigner, signer: Signer
) -> None:
    await worker.run_once()
    sell(database, "1")
    refund_partly(database, "1")
    assert not database.read_here(read_state, 0, signer.kid).has_news
    await worker.run_once()
    assert len(lists(database, signer)) == 1


@ON_SQLITE
async def test_a_list_is_signed_daily(
    database: Database, worker: RevocationSigner, signer: Signer, clock: Clock
) -> None:
    await worker.run_once()
    clock.now += DAY - 2 * SECOND
    await worker.run_once()
    assert len(lists(database, signer)) == 1
    await worker.run_once()
    newest, first = lists(database, signer)
    assert (newest.signed_at - first.signed_at, newest.seq) == (DAY, 2)


@ON_SQLITE
async def test_a_list_of_a_clock_that_was_ahead_is_replaced(
    database: Database, worker: RevocationSigner, signer: Signer, clock: Clock
) -> None:
    clock.now += 300 * DAY
    await worker.run_once()
    clock.now -= 300 * DAY
    await worker.run_once()
    assert lists(database, signer)[0].signed_at == clock.now


@ON_SQLITE
async def test_a_change_that_appears_behind_a_later_one_is_found(
    database: Database, worker: RevocationSigner, signer: Signer, clock: Clock
) -> None:
    sell(database, "1")
    await worker.run_once()
    sell(database, "2")
    await worker.run_once()
    revoke_without_history(database, "1")
    await worker.run_once()
    assert len(lists(database, signer)) == 1
    clock.now += SETTLED
    await worker.run_once()
    assert lists(database, signer)[0].revoked == named("jti-1")


@ON_SQLITE
async def test_every_jti_that_a_license_ever_had_is_named(
    database: Database, worker: RevocationSigner, signer: Signer
) -> None:
    def age(session: Session) -> None:
        of_0003, of_0004 = session.scalars(select(LicenseRow).order_by(LicenseRow.id))
        of_0003.token_id, of_0004.former_token_id = None, "2"

    sell(database, "1", "2")
    database.write_here(age)
    refund(database, "1")
    refund(database, "2")
    await worker.run_once()
    assert lists(database, signer)[0].revoked == named("1", "jti-2", "2")


class Outrun(Signer):
    """Signs for a worker that is always a moment behind another, who missed the newest change."""

    database: Database

    @override
    def sign_revocations(self, content: Revocations) -> str:
        if content.seq == 1:
            token = super().sign_revocations(Revocations(1, content.signed_at, ()))
            self.database.write_here(keep_list, NewList(1, token, 0, content.signed_at))
        return super().sign_revocations(content)


async def test_of_two_workers_at_once_one_signs_and_the_other_looks_again(
    database: Database, clock: Clock
) -> None:
    outrun = Outrun(generate_private_key(), "mintpost")
    outrun.database = database
    second = worker_with(database, outrun, clock)
    sell(database, "1")
    refund(database, "1")
    await second.run_once()
    assert [each.revoked for each in lists(database, outrun)] == [()]
    await second.run_once()
    assert [each.revoked for each in lists(database, outrun)] == [named("jti-1"), ()]


@ON_SQLITE
async def test_only_the_newest_lists_stay(
    database: Database, worker: RevocationSigner, signer: Signer, clock: Clock
) -> None:
    for _ in range(KEPT + 3):
        await worker.run_once()
        clock.now += DAY
    assert [each.seq for each in lists(database, signer)] == [*range(KEPT + 3, 3, -1)]


@ON_SQLITE
async def test_a_new_key_replaces_the_list_at_start_and_both_keys_get_along(
    database: Database, worker: RevocationSigner, signer: Signer, clock: Clock
) -> None:
    await worker.run_once()
    renewed = Signer(generate_private_key(), "mintpost")
    newer = worker_with(database, renewed, clock)
    for _ in range(3):
        await newer.run_once()
        await worker.run_once()
    assert signers(database) == [renewed.kid, signer.kid]


@ON_SQLITE
async def test_a_list_of_a_revoked_key_is_replaced_and_that_key_signs_none(
    database: Database, worker: RevocationSigner, signer: Signer, clock: Clock
) -> None:
    renewed = Signer(generate_private_key(), "mintpost")
    newer = worker_with(database, renewed, clock)
    await newer.run_once()
    await worker.run_once()
    assert signers(database) == [signer.kid, renewed.kid]
    database.write_here(revoke_key, signer.kid, "stolen", clock())
    await newer.run_once()
    assert signers(database) == [renewed.kid, signer.kid, renewed.kid]
    clock.now += DAY
    assert "revoked" in str(await worker.run_once())
    assert len(signers(database)) == 3
