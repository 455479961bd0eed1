"""`mintpost verify`: what a key or a token is worth."""

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from db.engine import Database
from db.sales import save_sale
from db.signing_keys import KnownKey, remember_key, revoke_key
from db.tables import LicenseRow
from domain.license import License, end_of_day
from licensing.keys import new_key, new_token_id
from licensing.private_keys import generate_private_key
from licensing.signing import Signer
from tests.db.rows import license_of, minted, sale_of, store_event
from tests.support.commanding import Run, Shop

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

NOW = datetime.now(UTC).replace(microsecond=0)
LICENSE = License(
    id=7,
    key="M9WG-7HFT-HGYA-3H7F-VDDK-REP4-RVY7",
    source="gumroad",
    order_id="an-order==",
    product_id="lumen",
    product_name="Lumen",
    tier="core",
    email="ada.buyer@example.com",
    name="Ada Buyer",
    seats=1,
    test=False,
    issued_at=NOW - timedelta(days=400),
    expires_at=NOW - timedelta(days=35),
)


@dataclass(frozen=True, slots=True)
class Books:
    """A database in which one license was sold, without the processes that sell."""

    database: Database
    license: License


@pytest.fixture
def books(clean: pytest.MonkeyPatch, database: Database, signer: Signer) -> Books:
    clean.setenv("DATABASE_URL", database.engine.url.render_as_string(hide_password=False))

    def sell(session: Session) -> License:
        remember_key(session, KnownKey(signer.kid, signer.public_key.x), NOW)
        sale = sale_of()
        sale_id = save_sale(session, store_event(session), sale, NOW)
        new = replace(license_of(sale_id, new_key()), token_id=new_token_id())
        return minted(session, sale, new, NOW).license

    return Books(database, database.write_here(sell))


@ON_SQLITE
async def test_a_known_key_tells_its_license(books: Books, mint: Run) -> None:
    license_ = books.license
    as_typed = license_.key.lower().replace("-", " ")
    for key in (license_.key, as_typed, f"  {license_.key}\n"):
        answer = await asyncio.to_thread(mint, "verify", key)
        assert answer.code == 0
        assert answer.out.startswith("the key of a license that holds\n")
        for fact in (
            license_.key,
            f"gumroad:{license_.order_id}",
            "Ada Buyer <ada.buyer@example.com>",
        ):
            assert fact in answer.out


@ON_SQLITE
@pytest.mark.usefixtures("books")
async def test_a_key_of_no_license_does_not_hold(mint: Run) -> None:
    answer = await asyncio.to_thread(mint, "verify", new_key())
    assert answer.code == 1
    assert answer.out.startswith("well formed, and no license here has it\n")


@ON_SQLITE
async def test_a_token_of_ours_holds(shop: Shop, mint: Run) -> None:
    answer = await asyncio.to_thread(mint, "verify", shop.token())
    assert answer.code == 0
    assert answer.out.startswith("a genuine token that holds\n")
    assert "ada.buyer" not in answer.out


@ON_SQLITE
async def test_a_key_and_a_token_are_judged_however_they_were_pasted(
    books: Books, signer: Signer, mint: Run
) -> None:
    token = signer.sign(books.license)
    key = books.license.key.replace("-", "\u2011")
    for pasted in (f"\ufeff{key}", f"{key[:9]}\r\n\u00a0{key[9:]}"):
        answer = await asyncio.to_thread(mint, "verify", pasted)
        assert answer.out.startswith("the key of a license that holds\n")
    for pasted in (f"\ufeff{token}\n", f"{token[:76]}\r\n{token[76:]}", f"\u201c{token}\u201d"):
        answer = await asyncio.to_thread(mint, "verify", pasted)
        assert answer.out.startswith("a genuine token that holds\n")


@ON_SQLITE
@pytest.mark.parametrize(
    ("values", "state"),
    [
        ({"status": "revoked", "reason": "dispute_lost"}, "is revoked (dispute lost)"),
        ({"status": "suspended", "reason": "paused"}, "is suspended (paused)"),
        ({"status": "invented later"}, "is invented later"),
        ({"expires_at": LICENSE.expires_at}, "has ended"),
    ],
)
async def test_key_and_token_tell_the_status_of_their_license(
    books: Books, signer: Signer, mint: Run, values: dict[str, Any], state: str
) -> None:
    with books.database.engine.begin() as connection:
        connection.execute(update(LicenseRow).values(**values))
    by_key = await asyncio.to_thread(mint, "verify", books.license.key)
    by_token = await asyncio.to_thread(mint, "verify", signer.sign(books.license))
    assert (by_key.code, by_token.code) == (1, 1)
    assert by_key.out.splitlines()[0] == f"the key of a license that {state}"
    assert by_token.out.splitlines()[0] == f"a genuine token of a license that {state}"


@ON_SQLITE
async def test_license_in_its_grace_holds_and_tells_until_when(books: Books, mint: Run) -> None:
    grace = end_of_day(NOW + timedelta(days=2))
    values = {"expires_at": LICENSE.expires_at, "grace_until": grace, "renews": True}
    with books.database.engine.begin() as connection:
        connection.execute(update(LicenseRow).values(**values))
    answer = await asyncio.to_thread(mint, "verify", books.license.key)
    holds = f"the key of a license that holds in its grace, until {grace:%Y-%m-%d %H:%M:%S}"
    assert (answer.code, answer.out.splitlines()[0]) == (0, holds)


@ON_SQLITE
async def test_an_expired_token_is_genuine_and_does_not_hold(
    books: Books, signer: Signer, mint: Run
) -> None:
    ended = replace(books.license, expires_at=NOW - timedelta(days=35))
    answer = await asyncio.to_thread(mint, "verify", signer.sign(ended))
    assert answer.code == 1
    assert answer.out.startswith("a genuine token that has expired\n")


@ON_SQLITE
async def test_a_token_from_before_the_random_ids_is_genuine(
    books: Books, signer: Signer, mint: Run
) -> None:
    license_ = books.license
    with books.database.engine.begin() as connection:
        connection.execute(update(LicenseRow).values(former_token_id=str(license_.id)))
    token = signer.sign(replace(license_, token_id=None))
    assert jwt.decode(token, options={"verify_signature": False})["jti"] == str(license_.id)
    answer = await asyncio.to_thread(mint, "verify", token)
    assert (answer.code, answer.out.splitlines()[0]) == (0, "a genuine token that holds")


@ON_SQLITE
@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"token_id": "never-minted"}, "its license is not in this database"),
        ({"token_id": None}, "its license is not in this database"),
        ({"token_id": "half \ud800 or \0"}, "its license is not in this database"),
        ({"key": LICENSE.key}, "its license has another key in this database"),
    ],
)
async def test_a_good_signature_is_no_license(
    books: Books, signer: Signer, mint: Run, changed: dict[str, Any], why: str
) -> None:
    # Whoever has the key can sign whatever comes to mind.
    token = signer.sign(replace(books.license, **changed))
    answer = await asyncio.to_thread(mint, "verify", token)
    assert (answer.code, answer.out.splitlines()[0]) == (1, f"not a genuine token: {why}")


@ON_SQLITE
async def test_a_token_of_a_revoked_key_is_not_genuine(
    books: Books, signer: Signer, mint: Run
) -> None:
    books.database.write_here(revoke_key, signer.kid, "stolen laptop", NOW)
    answer = await asyncio.to_thread(mint, "verify", signer.sign(books.license))
    assert answer.code == 1
    assert answer.out.splitlines()[0] == (
        f"not a genuine token: the key that signed it was revoked on {NOW:%Y-%m-%d} (stolen laptop)"
    )


@ON_SQLITE
@pytest.mark.usefixtures("books")
async def test_no_token_of_ours_is_a_sentence(signer: Signer, mint: Run) -> None:
    lasting = replace(LICENSE, expires_at=None)
    foreign = Signer(generate_private_key(), "mintpost").sign(lasting)
    head, _, signature = signer.sign(lasting).split(".")
    forged = f"{head}.{foreign.split('.')[1]}x.{signature}"
    sentences = {foreign: "not known here", forged: "this token", "a.b.c": "this is no token"}
    for token, sentence in sentences.items():
        answer = await asyncio.to_thread(mint, "verify", token)
        assert (answer.code, answer.out) == (1, "")
        assert sentence in answer.err
        assert len(answer.err.splitlines()) == 1


def test_a_mistyped_key_is_told_without_a_database(mint: Run) -> None:
    answer = mint("verify", f"{LICENSE.key[:-1]}9")
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.startswith("the license key is mistyped: ")


def test_without_a_database_a_token_is_said_to_be_unchecked(signer: Signer, mint: Run) -> None:
    answer = mint("verify", signer.sign(LICENSE))
    assert answer.code == 1
    assert answer.out.splitlines()[0] == (
        "a token of which nothing was checked: its signature and its license are looked up in "
        "the database"
    )
    assert "there is no database at var/mintpost.db" in answer.out
    assert "this is no token" in mint("verify", "a.b.c").err


def test_without_a_database_a_key_can_be_well_formed(mint: Run) -> None:
    answer = mint("verify", LICENSE.key)
    assert answer.code == 0
    assert answer.out.splitlines()[0] == "well formed"
    assert "there is no database at var/mintpost.db" in answer.out
