"""The loop in the worker that certifies the API's answer keys: it signs the list of them."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sqlalchemy.orm import Session
from typing_extensions import override

from activities.list_signer import ListSigner, Newest
from db.answer_keys import KeyList, current_answer_keys, keep_key_list, newest_key_list
from db.signing_keys import known_keys, require_not_revoked
from licensing.answer_keys import AnswerKeys, VerifiedAnswerKeys, is_sound, verify_answer_keys
from licensing.tokens import PublicKey, TokenInvalidError

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class State:
    """The number of the newest list, 0 before the first, the keys that it names, and the current.

    `newest` None: there is no list, or no app can read it.
    """

    seq: int
    newest: Newest | None
    named: tuple[PublicKey, ...]
    current: tuple[PublicKey, ...]


class AnswerKeySigner(ListSigner):
    """Signs a list when other keys are current than the last list says, and daily."""

    waits: ClassVar[str] = "no list of answer keys is signed, and apps go on with the last one"
    recovered: ClassVar[str] = "the list of answer keys is signed again"

    @override
    async def sign_if_due(self, now: datetime) -> None:
        state = await self.database.read(read_state, now, self.signer.kid)
        if state.named != state.current or self.is_due(state.newest, now):
            await self._sign(state, now)
        self.has_started = True

    async def _sign(self, state: State, now: datetime) -> None:
        content = AnswerKeys(state.seq + 1, now, state.current)
        token = await asyncio.to_thread(self.signer.sign_answer_keys, content)
        # If another worker was first, the next look compares with its list.
        if await self.database.write(keep, KeyList(content.seq, token, now), self.signer.kid):
            logger.info(
                "signed list %d of answer keys with %d keys", content.seq, len(content.keys)
            )


def read_state(session: Session, now: datetime, kid: str) -> State:
    known = [PublicKey(key.kid, key.x) for key in current_answer_keys(session, now)]
    # The role of the API writes these rows, so a thief of the API can write anything there.
    current = tuple(key for key in known if is_sound(key))
    newest = newest_key_list(session)
    if newest is None:
        return State(0, None, (), current)
    verified = _verified(session, newest.token)
    if verified is None:
        return State(newest.seq, None, (), current)
    kept = Newest(newest.signed_at, verified.kid != kid, is_unreadable=False)
    return State(newest.seq, kept, verified.content.keys, current)


def keep(session: Session, new: KeyList, kid: str) -> bool:
    """Store a list. False if its number is taken. Raises SigningKeyRevokedError."""
    require_not_revoked(session, kid)
    return keep_key_list(session, new)


def _verified(session: Session, token: str) -> VerifiedAnswerKeys | None:
    keys = [PublicKey(key.kid, key.x) for key in known_keys(session)]
    try:
        return verify_answer_keys(token, keys)
    except TokenInvalidError:
        return None
