"""List and revoke the public keys of signed tokens.

`mintpost keys generate` makes a private key. Only the command does so, because an operation must
never sign.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self

from sqlalchemy.orm import Session

from db.answer_keys import (
    AnswerKeyLine,
    all_answer_keys,
    find_answer_key,
    withdraw_answer_key,
)
from db.engine import Database
from db.signing_keys import KeyLine, all_keys, find_key, revoke_key
from db.tokens import clear_tokens, tokens_of_key
from kit.clock import utc_now
from kit.refusals import RefusedError
from licensing.answer_keys import is_sound
from licensing.tokens import PublicKey


class UnknownKeyError(RefusedError):
    def __init__(self, kid: str) -> None:
        super().__init__(f"no signing key here has the kid {kid}: `mintpost keys list`")


class Use(StrEnum):
    """The tokens that a key signs. No key signs both kinds."""

    LICENSE = "license"  #: Licenses and lists, by the worker.
    ANSWER = "answer"  #: Answers to apps, by the API.


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A public key in both forms that apps take. Field names are the JSON keys of the list.

    `seen_at` is the last time at which an API process told that it uses its answer key. `hex` and
    `pem` are empty if an answer key is none: a thief of the API can register anything.
    """

    kid: str
    use: Use
    hex: str
    pem: str
    created_at: datetime
    seen_at: datetime | None
    revoked_at: datetime | None
    reason: str | None

    @classmethod
    def of(cls, key: KeyLine | AnswerKeyLine) -> Self:
        public = PublicKey(key.kid, key.x)
        if isinstance(key, AnswerKeyLine):
            use, seen_at, revoked_at = Use.ANSWER, key.seen_at, key.withdrawn_at
            is_shown = is_sound(public)
        else:
            use, seen_at, revoked_at, is_shown = Use.LICENSE, None, key.revoked_at, True
        return cls(
            kid=key.kid,
            use=use,
            hex=public.hex() if is_shown else "",
            pem=public.pem() if is_shown else "",
            created_at=key.created_at,
            seen_at=seen_at,
            revoked_at=revoked_at,
            reason=key.reason,
        )


def signing_keys(database: Database) -> list[SigningKey]:
    """Return all keys, license keys before answer keys, newest first."""
    return [SigningKey.of(key) for key in database.read_here(_all)]


def _all(session: Session) -> list[KeyLine | AnswerKeyLine]:
    return [*all_keys(session), *all_answer_keys(session)]


def signing_key(database: Database, kid: str) -> SigningKey:
    """Return the key of that name. Raises UnknownKeyError."""
    key = database.read_here(find_key, kid) or database.read_here(find_answer_key, kid)
    if key is None:
        raise UnknownKeyError(kid)
    return SigningKey.of(key)


def revoke(database: Database, kid: str, reason: str | None) -> SigningKey:
    """Take a key out of use, for ever. The first revocation stands. Raises UnknownKeyError."""
    if signing_key(database, kid).use is Use.ANSWER:
        database.write_here(withdraw_answer_key, kid, reason, utc_now())
    else:
        database.write_here(revoke_key, kid, reason, utc_now())
        _take_tokens_back(database, kid)
    return signing_key(database, kid)


def _take_tokens_back(database: Database, kid: str) -> None:
    """Give apps no token of the key any more. A worker with another key signs the next."""
    last = 0
    while found := database.read_here(tokens_of_key, kid, last):
        database.write_here(clear_tokens, found)
        last = found[-1]
