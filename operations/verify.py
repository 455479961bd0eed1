"""Judge a license key, a token, a list or an answer."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from db.migrated import WrongMigrationError
from db.signing_keys import KeyLine, all_keys
from db.views.licenses import find_license, find_license_of_token
from domain.errors import DatabaseAwayError
from domain.license import License, Standing, has_ended
from kit.refusals import RefusedError
from licensing.keys import MistypedKeyError, parse_key
from licensing.revocations import VerifiedRevocations, verify_revocations
from licensing.tokens import PublicKey, TokenType, VerifiedToken, claimed_type, verify_token
from operations.databases import Databases
from operations.verify_answers import (
    AnswerKeysVerdict,
    AnswerVerdict,
    judge_answer,
    judge_answer_keys,
)

TOKEN_DOTS = 2
UNUSABLE = (RefusedError, DatabaseAwayError, WrongMigrationError)


@dataclass(frozen=True, slots=True)
class NoDatabase:
    """The database cannot be used: `why` is a sentence. `key`: well formed, or None for a token.

    A well-formed key holds until a database denies it. A token without a checked signature does
    not hold.
    """

    why: str
    key: str | None = None

    @property
    def holds(self) -> bool:
        return self.key is not None


@dataclass(frozen=True, slots=True)
class KeyVerdict:
    """A well-formed key. `license` and `standing` are None if no license here has the key."""

    key: str
    license: License | None = None
    standing: Standing | None = None

    @property
    def holds(self) -> bool:
        return self.standing is not None and self.standing.is_good


class Flaw(StrEnum):
    """The flaw of a token with a good signature. Such a token exists, because a thief can sign."""

    SIGNER_REVOKED = "signer_revoked"  #: A person revoked the key that signed the token.
    NO_LICENSE = "no_license"  #: The database has no license of the token.
    OTHER_KEY = "other_key"  #: The license has another key than the token says.


@dataclass(frozen=True, slots=True)
class TokenVerdict:
    """A token with a good signature.

    `license` and `standing` are None if the database does not have the license.
    """

    token: VerifiedToken
    signer: KeyLine
    license: License | None
    standing: Standing | None

    @property
    def flaw(self) -> Flaw | None:
        if self.signer.revoked_at is not None:
            return Flaw.SIGNER_REVOKED
        if self.license is None:
            return Flaw.NO_LICENSE
        return Flaw.OTHER_KEY if self.license.key != self.token.key else None

    @property
    def holds(self) -> bool:
        is_good = self.standing is not None and self.standing.is_good
        return self.flaw is None and self.token.holds and is_good


@dataclass(frozen=True, slots=True)
class RevocationsVerdict:
    """A revocation list with a good signature. `has_ended`: apps believe it no more."""

    list: VerifiedRevocations
    signer: KeyLine
    has_ended: bool

    @property
    def holds(self) -> bool:
        return self.signer.revoked_at is None and not self.has_ended


Verdict = (
    KeyVerdict | TokenVerdict | RevocationsVerdict | AnswerVerdict | AnswerKeysVerdict | NoDatabase
)


async def verify(text: str, databases: Databases, now: datetime) -> Verdict:
    """Judge a key or a token of any type. Raises MistypedKeyError and TokenInvalidError."""
    if text.count(".") == TOKEN_DOTS:
        type_ = claimed_type(text)
        try:
            return await _judge(type_, text, databases, now)
        except UNUSABLE as error:
            return NoDatabase(str(error))
    try:
        key = parse_key(text)
    except MistypedKeyError as mistyped:
        return await _verify_foreign_key(text.strip(), mistyped, databases, now)
    try:
        return await _verify_key(key, databases, now)
    except UNUSABLE as error:
        return NoDatabase(str(error), key)


async def _judge(type_: TokenType, token: str, databases: Databases, now: datetime) -> Verdict:
    match type_:
        case TokenType.LICENSE:
            return await _verify_token(token, databases, now)
        case TokenType.REVOCATIONS:
            return await _verify_list(token, databases, now)
        case TokenType.ANSWER:
            return await judge_answer(token, databases, now)
        case TokenType.ANSWER_KEYS:
            return await judge_answer_keys(token, databases, now)


async def _verify_key(key: str, databases: Databases, now: datetime) -> KeyVerdict:
    with databases() as database:
        found = await database.read(find_license, key)
    return KeyVerdict(key) if found is None else KeyVerdict(key, found, found.standing(now))


async def _verify_foreign_key(
    text: str, mistyped: MistypedKeyError, databases: Databases, now: datetime
) -> KeyVerdict:
    """Judge a key from elsewhere. Only the database tells it from a mistyped key of ours."""
    try:
        verdict = await _verify_key(text, databases, now)
    except UNUSABLE:
        raise mistyped from None
    if verdict.license is None:
        raise mistyped
    return verdict


async def _verify_token(token: str, databases: Databases, now: datetime) -> TokenVerdict:
    with databases() as database:
        known = await database.read(all_keys)
        verified = verify_token(token, _public(known), now)
        license_ = await database.read(find_license_of_token, verified.token_id)
    standing = None if license_ is None else license_.standing(now)
    return TokenVerdict(verified, _signer(known, verified.kid), license_, standing)


async def _verify_list(token: str, databases: Databases, now: datetime) -> RevocationsVerdict:
    with databases() as database:
        known = await database.read(all_keys)
    verified = verify_revocations(token, _public(known))
    ended = has_ended(verified.expires_at, now)
    return RevocationsVerdict(verified, _signer(known, verified.kid), ended)


def _public(known: list[KeyLine]) -> list[PublicKey]:
    return [PublicKey(key.kid, key.x) for key in known]


def _signer(known: list[KeyLine], kid: str) -> KeyLine:
    return next(key for key in known if key.kid == kid)
