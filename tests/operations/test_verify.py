"""A key and a token are judged as facts, which a command prints and an API can answer."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from db.engine import Database
from db.further_keys import add_further_key
from db.sales import save_sale
from db.signing_keys import KnownKey, remember_key, revoke_key
from db.tables import LicenseRow
from domain.errors import DatabaseAwayError
from domain.license import License, Standing, end_of_day
from licensing.keys import MistypedKeyError, new_key, new_token_id
from licensing.signing import Signer
from operations.verify import Flaw, KeyVerdict, NoDatabase, TokenVerdict, verify
from tests.db.rows import license_of, minted, sale_of, store_event

NOW = datetime.now(UTC).replace(microsecond=0)
LATER = end_of_day(NOW + timedelta(days=1))


@pytest.fixture
def sold(database: Database, signer: Signer) -> License:
    def sell(session: Session) -> License:
        remember_key(session, KnownKey(signer.kid, signer.public_key.x), NOW)
        sale = sale_of()
        sale_id = save_sale(session, store_event(session), sale, NOW)
        new = replace(license_of(sale_id, new_key(), LATER), token_id=new_token_id())
        return minted(session, sale, new, NOW).license

    return database.write_here(sell)


async def of_key(database: Database, key: str, now: datetime = NOW) -> KeyVerdict:
    verdict = await verify(key, lambda: nullcontext(database), now)
    assert isinstance(verdict, KeyVerdict)
    return verdict


async def of_token(database: Database, token: str, now: datetime = NOW) -> TokenVerdict:
    verdict = await verify(token, lambda: nullcontext(database), now)
    assert isinstance(verdict, TokenVerdict)
    return verdict


async def test_key_has_the_standing_of_its_license(database: Database, sold: License) -> None:
    held = await of_key(database, sold.key)
    assert (held.license, held.standing, held.holds) == (sold, Standing.HOLDS, True)
    ended = await of_key(database, sold.key, LATER)
    assert (ended.license, ended.standing, ended.holds) == (sold, Standing.ENDED, False)


async def test_revoked_license_holds_neither_by_key_nor_by_token(
    database: Database, sold: License, signer: Signer
) -> None:
    with database.engine.begin() as connection:
        connection.execute(update(LicenseRow).values(status="revoked", reason="refunded"))
    by_key = await of_key(database, sold.key)
    assert (by_key.standing, by_key.holds) == (Standing.REVOKED, False)
    by_token = await of_token(database, signer.sign(sold))
    assert (by_token.flaw, by_token.token.holds) == (None, True)
    assert (by_token.standing, by_token.holds) == (Standing.REVOKED, False)


async def test_key_and_token_hold_in_the_grace(
    database: Database, sold: License, signer: Signer
) -> None:
    grace = LATER + timedelta(days=3)
    with database.engine.begin() as connection:
        connection.execute(update(LicenseRow).values(grace_until=grace, renews=True))
    by_key = await of_key(database, sold.key, LATER)
    assert (by_key.standing, by_key.holds) == (Standing.GRACE, True)
    assert by_key.license is not None
    token = signer.sign(by_key.license)
    assert (await of_token(database, token, LATER)).holds
    assert not (await of_token(database, token, grace)).holds


async def test_key_from_elsewhere_is_known_however_it_is_typed(
    database: Database, sold: License
) -> None:
    database.write_here(add_further_key, sold.id, None, "9F86D081-884C7D65", NOW)
    verdict = await of_key(database, " 9f86d081 884c7d65\n")
    assert (verdict.license, verdict.holds) == (sold, True)
    with pytest.raises(MistypedKeyError):
        await of_key(database, "9F86D081-884C7D66")


async def test_key_of_no_license_has_no_standing(database: Database) -> None:
    key = new_key()
    assert await of_key(database, key) == KeyVerdict(key)
    assert not KeyVerdict(key).holds


async def test_token_holds_until_its_end(database: Database, sold: License, signer: Signer) -> None:
    token = signer.sign(sold)
    held = await of_token(database, token)
    assert (held.license, held.flaw, held.holds) == (sold, None, True)
    ended = await of_token(database, token, LATER)
    assert (ended.flaw, ended.holds) == (None, False)


async def test_flaw_of_a_token_is_a_fact(database: Database, sold: License, signer: Signer) -> None:
    unknown = await of_token(database, signer.sign(replace(sold, token_id="never-minted")))
    assert (unknown.flaw, unknown.license, unknown.holds) == (Flaw.NO_LICENSE, None, False)
    other = await of_token(database, signer.sign(replace(sold, key=new_key())))
    assert (other.flaw, other.holds) == (Flaw.OTHER_KEY, False)
    database.write_here(revoke_key, signer.kid, "stolen", NOW)
    revoked = await of_token(database, signer.sign(sold))
    assert (revoked.flaw, revoked.signer.reason) == (Flaw.SIGNER_REVOKED, "stolen")
    assert not revoked.holds


def away() -> AbstractContextManager[Database]:
    raise DatabaseAwayError("no answer")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_without_a_database_a_key_is_well_formed_and_a_token_unchecked(
    sold: License, signer: Signer
) -> None:
    key = await verify(sold.key, away, NOW)
    token = await verify(signer.sign(sold), away, NOW)
    assert isinstance(key, NoDatabase)
    assert isinstance(token, NoDatabase)
    assert (key.key, key.holds) == (sold.key, True)
    assert (token.key, token.holds) == (None, False)
    assert "no answer" in token.why
