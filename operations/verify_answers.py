"""Judge an answer to an app, or a list of answer keys."""

from dataclasses import dataclass
from datetime import datetime

from db.answer_keys import AnswerKeyLine, all_answer_keys
from db.signing_keys import KeyLine, all_keys
from domain.license import has_ended
from licensing.answer_keys import VerifiedAnswerKeys, verify_answer_keys
from licensing.answers import VerifiedAnswer, verify_answer
from licensing.tokens import PublicKey
from operations.databases import Databases


@dataclass(frozen=True, slots=True)
class AnswerVerdict:
    """An answer with a good signature. `has_ended`: its app must ask again."""

    verified: VerifiedAnswer
    signer: AnswerKeyLine
    has_ended: bool

    @property
    def holds(self) -> bool:
        return self.signer.withdrawn_at is None and not self.has_ended


@dataclass(frozen=True, slots=True)
class AnswerKeysVerdict:
    """A list of answer keys with a good signature. `has_ended`: apps believe it no more."""

    list: VerifiedAnswerKeys
    signer: KeyLine
    has_ended: bool

    @property
    def holds(self) -> bool:
        return self.signer.revoked_at is None and not self.has_ended


async def judge_answer(token: str, databases: Databases, now: datetime) -> AnswerVerdict:
    """Judge with the keys of answers alone. Raises TokenInvalidError."""
    with databases() as database:
        known = await database.read(all_answer_keys)
    verified = verify_answer(token, [PublicKey(key.kid, key.x) for key in known])
    signer = next(key for key in known if key.kid == verified.kid)
    return AnswerVerdict(verified, signer, has_ended(verified.answer.expires_at, now))


async def judge_answer_keys(token: str, databases: Databases, now: datetime) -> AnswerKeysVerdict:
    """Judge with the keys of licenses alone. Raises TokenInvalidError."""
    with databases() as database:
        known = await database.read(all_keys)
    verified = verify_answer_keys(token, [PublicKey(key.kid, key.x) for key in known])
    signer = next(key for key in known if key.kid == verified.kid)
    return AnswerKeysVerdict(verified, signer, has_ended(verified.expires_at, now))
