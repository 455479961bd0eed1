"""The worker signs the revocation list: after a change, daily, once, and with a key that counts."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from activities.revocation_draft import draft
from activities.revocations import DAY, SETTLED, RevocationSigner
from db.engine import Database
from db.revocations import KEPT
from db.signing_keys import KnownKey, remember_key, revoke_key
from db.tables import ChangeRow, LicenseRow, RevocationListRow
from domain.license import LicenseStatus
from kit.clock import utc_now
from licensing.revocations import Revocations, revocation_hash, signer_of_list, verify_revocations
from licensing.signing import Signer, generate_private_key
from tests.db.rows import mint, sale_of

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SECOND = timedelta(seconds=1)


class Clock:
    def __init__(self) -> None:
        self.now = utc_now().replace(microsecond=0)

    def __call__(self) -> datetime:
        self.now += SECOND
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def worker(database: Database, signer: Signer, clock: Clock) -> RevocationSigner:
    return worker_with(database, signer, clock)


def worker_with(database: Database, signer: Signer, clock: Clock) -> RevocationSigner:
    """Start a worker, which stores its key first."""
    key = signer.public_key
    database.write_here(remember_key, KnownKey(key.kid, key.x), clock())
    return RevocationSigner(database, signer, clock)


def sell(database: Database, *orders: str) -> None:
    for order in orders:
        database.write_here(_sell, order)


def _sell(session: Session, order: str) -> None:
    license_ = mint(session, sale_of(order), f"key-{order}").license
    row = session.get_one(LicenseRow, license_.id)
    row.token_id = f"jti-{order}"
    _note(session, row.id, None, LicenseStatus.ACTIVE)


def set_status(
    database: Database, order: str, status: LicenseStatus, *, noted: bool = True
) -> None:
    def change(session: Session) -> None:
        row = session.scalars(select(LicenseRow).filter_by(order_id=order)).one()
        if noted:
            _note(session, row.id, row.status, status)
        row.status = status

    database.write_here(change)


def _note(session: Session, license_id: int, before: str | None, after: str) -> None:
    state = None if before is None else {"status": before}
    session.add(
        ChangeRow(license_id=license_id, at=utc_now(), before=state, after={"status": after})
    )


def tokens(database: Database) -> Sequence[str]:
    """Return the kept lists, newest first."""
    newest = select(RevocationListRow.token).order_by(RevocationListRow.seq.desc())
    return database.read_here(lambda session: session.scalars(newest).all())


def signers(database: Database) -> list[object]:
    return [signer_of_list(token) for token in tokens(database)]


def lists(database: Database, signer: Signer) -> list[Revocations]:
    """Return the kept lists, newest first, as an app reads them."""
    return [verify_revocations(each, [signer.public_key]).content for each in tokens(database)]


def named(*token_ids: str) -> tuple[str, ...]:
    return tuple(sorted(map(revocation_hash, token_ids)))


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
    set_status(database, "1", LicenseStatus.REVOKED)
    set_status(database, "2", LicenseStatus.SUSPENDED)
    await worker.run_once()
    set_status(database, "2", LicenseStatus.ACTIVE)
    await worker.run_once()
    assert [(each.seq, each.revoked) for each in lists(database, signer)] == [
        (3, named("jti-1")),
        (2, named("jti-1", "jti-2")),
        (1, ()),
    ]


@ON_SQLITE
async def test_a_sale_makes_no_list(
    database: Database, worker: RevocationSigner, signer: Signer
) -> None:
    await worker.run_once()
    sell(database, "1")
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
    set_status(database, "1", LicenseStatus.REVOKED, noted=False)
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
    set_status(database, "1", LicenseStatus.REVOKED)
    set_status(database, "2", LicenseStatus.REVOKED)
    await worker.run_once()
    assert lists(database, signer)[0].revoked == named("1", "jti-2", "2")


async def test_of_two_workers_at_once_one_signs(
    database: Database, worker: RevocationSigner, signer: Signer, clock: Clock
) -> None:
    other = RevocationSigner(database, signer, clock)
    sell(database, "1")
    slow = database.read_here(draft)
    await worker.run_once()
    # The slow worker comes with the number that is taken now.
    assert await other._sign(slow, clock()) is False  # noqa: SLF001 - the race, without waiting for it
    set_status(database, "1", LicenseStatus.REVOKED)
    await other.run_once()
    await worker.run_once()
    assert [each.revoked for each in lists(database, signer)] == [named("jti-1"), ()]


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
