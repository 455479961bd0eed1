"""A worker of a version without tokens runs beside a new one, as in a rolling upgrade."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from activities.tokens import LATELY, TokenSigner
from db.engine import Database
from db.tables import LicenseRow
from db.tokens import AT_ONCE
from licensing.signing import Signer
from tests.activities.changing import extend, seats, sell, tokens
from tests.db.rows import NOON

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def no_rest(_seconds: float) -> None:
    return


def worker(database: Database, signer: Signer, after: timedelta = timedelta(0)) -> TokenSigner:
    return TokenSigner(database, signer, rest=no_rest, clock=lambda: NOON + after)


def texts(database: Database) -> Sequence[str | None]:
    query = select(LicenseRow.token).order_by(LicenseRow.id)
    return database.read_here(lambda session: session.scalars(query).all())


def put_token(session: Session, license_id: int, token: str | None) -> None:
    session.execute(update(LicenseRow).filter_by(id=license_id).values(token=token))


async def test_a_start_signs_anew_what_an_older_worker_changed(
    database: Database, signer: Signer
) -> None:
    sell(database)
    sell(database, "order-2")
    first = worker(database, signer)
    await first.run_once()
    before = texts(database)
    extend(database)
    # An older version computes the license, and knows no column for the token.
    database.write_here(put_token, 1, before[0])
    await first.run_once()
    assert tokens(database, signer) == ["wrong", "right"]
    await worker(database, signer).run_once()
    assert tokens(database, signer) == ["right", "right"]
    assert texts(database)[1] == before[1]


@ON_SQLITE
async def test_a_start_compares_all_that_changed_lately(database: Database, signer: Signer) -> None:
    for number in range(AT_ONCE + 1):
        sell(database, f"order-{number}")
    await worker(database, signer).run_once()
    for license_id in (1, AT_ONCE + 1):
        database.write_here(put_token, license_id, "of an older state")
    await worker(database, signer).run_once()
    assert set(tokens(database, signer)) == {"right"}


@ON_SQLITE
async def test_a_start_compares_nothing_that_changed_long_ago(
    database: Database, signer: Signer
) -> None:
    sell(database)
    await worker(database, signer).run_once()
    database.write_here(put_token, 1, "kept")
    await worker(database, signer, LATELY + timedelta(seconds=1)).run_once()
    assert texts(database) == ["kept"]


@ON_SQLITE
async def test_a_right_token_is_not_written_again(database: Database, signer: Signer) -> None:
    sell(database)
    seats(database)
    await worker(database, signer).run_once()
    writes = []

    async def rest(_seconds: float) -> None:
        writes.append(1)

    await TokenSigner(database, signer, rest=rest, clock=lambda: NOON).run_once()
    assert writes == []
