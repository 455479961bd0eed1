"""The loop in the worker that certifies the API's answer keys: it signs the list of them."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy.orm import Session
from typing_extensions import override

from db.answer_keys import KeyList, current_answer_keys, keep_key_list, newest_key_list
from db.engine import Database
from db.signing_keys import known_keys, require_not_revoked
from domain.errors import SigningKeyRevokedError
from kit.clock import Clock, utc_now
from kit.loop import BackgroundLoop, Pauses
from licensing.answer_keys import AnswerKeys, VerifiedAnswerKeys, is_sound, verify_answer_keys
from licensing.signing import Signer
from licensing.tokens import PublicKey, TokenInvalidError

logger = logging.getLogger(__name__)

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class State:
    """The newest list and the current keys. `list` None: there is none, or no app can read it."""

    newest: KeyList | None
    list: VerifiedAnswerKeys | None
    current: tuple[PublicKey, ...]


class AnswerKeySigner(BackgroundLoop):
    """Signs a list when other keys are current than the last list says, and daily."""

    waits: ClassVar[str] = "no list of answer keys is signed, and apps go on with the last one"
    recovered: ClassVar[str] = "the list of answer keys is signed again"

    def __init__(
        self,
        database: Database,
        signer: Signer,
        clock: Clock = utc_now,
        pauses: Pauses | None = None,
    ) -> None:
        super().__init__(pauses)
        self.database = database
        self.signer = signer
        self.clock = clock
        self.has_started = False

    @override
    async def run_once(self) -> str | None:
        now = self.clock()
        try:
            state = await self.database.read(read_state, now)
            if self._must_sign(state, now):
                await self._sign(state, now)
        except SigningKeyRevokedError as error:
            return str(error)
        self.has_started = True
        return None

    def _must_sign(self, state: State, now: datetime) -> bool:
        if state.newest is None or state.list is None:
            return True
        # A clock that was ahead once must not stop the daily lists until that time.
        if abs(now - state.newest.signed_at) >= DAY or state.list.content.keys != state.current:
            return True
        # A new key replaces the old key's list, so that apps which know the new key alone read it.
        # Only at start: two workers with two keys would replace each other's lists for ever.
        return state.list.kid != self.signer.kid and not self.has_started

    async def _sign(self, state: State, now: datetime) -> None:
        seq = 1 if state.newest is None else state.newest.seq + 1
        content = AnswerKeys(seq, now, state.current)
        token = await asyncio.to_thread(self.signer.sign_answer_keys, content)
        # If another worker was first, the next look compares with its list.
        if await self.database.write(keep, KeyList(seq, token, now), self.signer.kid):
            logger.info("signed list %d of answer keys with %d keys", seq, len(content.keys))


def read_state(session: Session, now: datetime) -> State:
    known = [PublicKey(key.kid, key.x) for key in current_answer_keys(session, now)]
    # The role of the API writes these rows, so a thief of the API can write anything there.
    current = tuple(key for key in known if is_sound(key))
    newest = newest_key_list(session)
    verified = None if newest is None else _verified(session, newest.token)
    return State(newest, verified, current)


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
