"""Signing keys are listed in the forms that apps take, and revoked once."""

import pytest

from db.engine import Database
from db.signing_keys import KnownKey, remember_key
from licensing.signing import Signer
from operations.keys import UnknownKeyError, revoke, signing_key, signing_keys
from tests.db.rows import NOON


def remember(database: Database, signer: Signer) -> str:
    database.write_here(remember_key, KnownKey(signer.kid, signer.public_key.x), NOON)
    return signer.kid


def test_key_has_both_forms(database: Database, signer: Signer) -> None:
    kid = remember(database, signer)
    (key,) = signing_keys(database)
    assert key == signing_key(database, kid)
    assert (key.hex, key.pem) == (signer.public_key.hex(), signer.public_key.pem())
    assert (key.created_at, key.revoked_at) == (NOON, None)


def test_first_revocation_stands(database: Database, signer: Signer) -> None:
    kid = remember(database, signer)
    first = revoke(database, kid, "stolen")
    assert first.revoked_at is not None
    assert revoke(database, kid, "lost") == first
    assert first.reason == "stolen"


def test_unknown_key_is_refused(database: Database) -> None:
    for ask in (signing_key, lambda there, kid: revoke(there, kid, None)):
        with pytest.raises(UnknownKeyError, match="no signing key here has the kid x"):
            ask(database, "x")
