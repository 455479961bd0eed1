"""List and revoke the public keys of signed tokens.

`mintpost keys generate` makes a private key. Only the command does so, because an operation must
never sign.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from db.engine import Database
from db.signing_keys import KeyLine, all_keys, find_key, revoke_key
from db.tokens import clear_tokens, tokens_of_key
from kit.clock import utc_now
from kit.refusals import RefusedError
from licensing.tokens import PublicKey


class UnknownKeyError(RefusedError):
    def __init__(self, kid: str) -> None:
        super().__init__(f"no signing key here has the kid {kid}: `mintpost keys list`")


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A public key in both forms that apps take. Field names are the JSON keys of the list."""

    kid: str
    hex: str
    pem: str
    created_at: datetime
    revoked_at: datetime | None
    reason: str | None

    @classmethod
    def of(cls, key: KeyLine) -> Self:
        public = PublicKey(key.kid, key.x)
        return cls(key.kid, public.hex(), public.pem(), key.created_at, key.revoked_at, key.reason)


def signing_keys(database: Database) -> list[SigningKey]:
    """Return the keys of all tokens ever signed, newest first."""
    return [SigningKey.of(key) for key in database.read_here(all_keys)]


def signing_key(database: Database, kid: str) -> SigningKey:
    """Return the key of that name. Raises UnknownKeyError."""
    if (key := database.read_here(find_key, kid)) is None:
        raise UnknownKeyError(kid)
    return SigningKey.of(key)


def revoke(database: Database, kid: str, reason: str | None) -> SigningKey:
    """Take a key out of use, for ever. The first revocation stands. Raises UnknownKeyError."""
    database.write_here(revoke_key, kid, reason, utc_now())
    _take_tokens_back(database, kid)
    return signing_key(database, kid)


def _take_tokens_back(database: Database, kid: str) -> None:
    """Give apps no token of the key any more. A worker with another key signs the next."""
    last = 0
    while found := database.read_here(tokens_of_key, kid, last):
        database.write_here(clear_tokens, found)
        last = found[-1]
