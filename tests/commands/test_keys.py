"""`mintpost keys`: which keys signed licenses, and how one is taken out of use."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from sqlalchemy import URL

import worker
from db.answer_keys import current_answer_keys, use_answer_key
from db.engine import Database
from db.signing_keys import KnownKey, find_key, known_keys, remember_key, revoke_key
from licensing.answers import AnswerSigner
from licensing.private_keys import generate_private_key
from licensing.signing import Signer
from tests.support.commanding import Run, Shop
from tests.support.pings import changed, recorded
from tests.support.processes import refuses
from tests.support.running import PRODUCTS, Setup, running

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)
DASHED = KnownKey("-yes--QzCk3J7xV5Wf8G1bN4dT6hR2mL9pS0aZcEuIo", "A" * 43)


@pytest.fixture
def there(clean: pytest.MonkeyPatch, database_url: URL) -> None:
    clean.setenv("DATABASE_URL", database_url.render_as_string(hide_password=False))


@ON_SQLITE
@pytest.mark.usefixtures("there")
def test_the_list_has_each_key_as_hex_and_pem(database: Database, mint: Run) -> None:
    assert json.loads(mint("keys", "list", "--json").out) == []
    assert mint("keys", "list").out.startswith("no keys")
    signer = Signer(generate_private_key(), "mintpost")
    key = KnownKey(signer.kid, signer.public_key.x)
    database.write_here(remember_key, key, NOON)
    (told,) = json.loads(mint("keys", "list", "--json").out)
    public = load_pem_public_key(told["pem"].encode())
    assert isinstance(public, Ed25519PublicKey)
    assert public.public_bytes_raw().hex() == told["hex"]
    assert told == {
        "kid": signer.kid,
        "use": "license",
        "hex": told["hex"],
        "pem": told["pem"],
        "created_at": "2026-09-01T12:00:00Z",
        "seen_at": None,
        "revoked_at": None,
        "reason": None,
    }
    for said in (told["hex"], told["pem"], signer.kid, "2026-09-01 12:00:00"):
        assert said in mint("keys", "list").out


@ON_SQLITE
@pytest.mark.usefixtures("there")
def test_an_answer_key_is_listed_apart_and_withdrawn(database: Database, mint: Run) -> None:
    license_key = Signer(generate_private_key(), "").public_key
    answer_key = AnswerSigner(generate_private_key().encode(), "").public_key
    database.write_here(remember_key, KnownKey(license_key.kid, license_key.x), NOON)
    database.write_here(use_answer_key, KnownKey(answer_key.kid, answer_key.x), NOON)
    first, second = json.loads(mint("keys", "list", "--json").out)
    assert (first["kid"], first["use"], first["seen_at"]) == (license_key.kid, "license", None)
    assert (second["kid"], second["use"]) == (answer_key.kid, "answer")
    assert second["seen_at"] == second["created_at"] == "2026-09-01T12:00:00Z"
    told = mint("keys", "list").out
    places = [told.index(each) for each in ("license keys:", license_key.hex(), "answer keys:")]
    assert places == sorted(places) < [told.index(answer_key.pem())]
    answer = mint("keys", "revoke", answer_key.kid, "--reason", "stolen disk")
    assert answer.code == 0
    assert f"{answer_key.kid} is withdrawn since " in answer.out
    assert "/v1/keys" in answer.out
    assert database.read_here(current_answer_keys, NOON) == []
    assert [key.kid for key in database.read_here(known_keys)] == [license_key.kid]


@ON_SQLITE
@pytest.mark.usefixtures("there")
def test_a_revoked_key_keeps_its_row_with_the_first_reason(database: Database, mint: Run) -> None:
    for key in (DASHED, KnownKey("other", "B" * 43)):
        database.write_here(remember_key, key, NOON)
    for reason in ("stolen laptop", "again"):
        answer = mint("keys", "revoke", DASHED.kid, "--reason", reason)
        assert answer.code == 0
        assert f"{DASHED.kid} is revoked since " in answer.out
        assert "stolen laptop" in answer.out
    assert [key.kid for key in database.read_here(known_keys)] == ["other"]
    told = {key["kid"]: key for key in json.loads(mint("keys", "list", "--json").out)}
    assert told[DASHED.kid]["reason"] == "stolen laptop"
    assert told[DASHED.kid]["revoked_at"] is not None


@ON_SQLITE
@pytest.mark.usefixtures("there", "database")
def test_an_unknown_kid_is_a_sentence(mint: Run) -> None:
    answer = mint("keys", "revoke", "nobody")
    assert (answer.code, answer.out) == (1, "")
    assert answer.err == "no signing key here has the kid nobody: `mintpost keys list`\n"


@ON_SQLITE
async def test_a_revoked_key_is_served_no_more(shop: Shop, mint: Run) -> None:
    async def served() -> list[str]:
        answer = await shop.mintpost.http.get(f"{shop.mintpost.url}/.well-known/jwks.json")
        return [key["kid"] for key in answer.json()["keys"]]

    (kid,) = await served()
    assert (await asyncio.to_thread(mint, "keys", "revoke", kid, "--yes")).code == 0
    assert await served() == []


@ON_SQLITE
@pytest.mark.usefixtures("there")
def test_the_worker_does_not_start_with_a_revoked_key(
    database: Database, clean: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pem = generate_private_key()
    signer = Signer(pem, "mintpost")
    database.write_here(remember_key, KnownKey(signer.kid, signer.public_key.x), NOON)
    database.write_here(revoke_key, signer.kid, "ada@example.com has it", NOON)
    (tmp_path / "products.yaml").write_text(PRODUCTS)
    clean.setenv("LICENSE_SIGNING_KEY", pem)
    assert refuses(worker.main) == (
        "the license signing key (LICENSE_SIGNING_KEY or LICENSE_SIGNING_KEY_FILE) was revoked on "
        f"2026-09-01, its kid is {signer.kid}: put a new one in its place, and start the worker "
        "again; this prints one: `mintpost keys generate`"
    )


@ON_SQLITE
async def test_a_running_worker_signs_nothing_once_its_key_is_revoked(setup: Setup) -> None:
    order = f"revoked-{setup.task_queue}"
    async with running(setup) as mintpost:
        await mintpost.database.write(revoke_key, setup.signer.kid, None, NOON)
        await mintpost.ping(changed(recorded("01"), sale_id=order))
        assert f"its kid is {setup.signer.kid}" in await mintpost.pending(order, "email")
        assert not mintpost.outbox.exists()
        await mintpost.run_of(order).terminate()
    assert setup.database.read_here(find_key, setup.signer.kid) is not None


@ON_SQLITE
async def test_each_token_of_a_license_names_it_by_one_random_id(shop: Shop, mint: Run) -> None:
    order = f"gumroad:{shop.sold}"
    first = jwt.decode(shop.token(), options={"verify_signature": False})["jti"]
    assert len(first) >= 22  # 128 bits in base64.
    assert (await asyncio.to_thread(mint, "resend", order)).code == 0
    mails = sorted(shop.mintpost.outbox.glob("*.eml"))
    assert len(mails) == 2
    other = jwt.decode(shop.token(mails[-1].name), options={"verify_signature": False})["jti"]
    assert other == first
