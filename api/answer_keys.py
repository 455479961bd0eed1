"""The API's own key for answers: its entry in the database, and the list that certifies it."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import ClassVar

from typing_extensions import override

from api.signed_lists import ListKind, told_if_old
from db.answer_keys import (
    SEEN_EVERY,
    AnswerKeyLine,
    KeyList,
    find_answer_key,
    newest_key_list,
    use_answer_key,
)
from db.engine import Database
from db.signing_keys import KnownKey
from db.tables import AnswerKeyListRow
from domain.advice import START_WORKER
from domain.errors import DatabaseAwayError
from domain.findings import Finding, Level
from kit.clock import Clock, utc_now
from kit.loop import BackgroundLoop, Pauses
from licensing.answer_keys import names_in_list
from licensing.answers import AnswerSigner

logger = logging.getLogger(__name__)

ANSWER_KEYS = ListKind(
    path="/v1/keys",
    name="list of answer keys",
    table=AnswerKeyListRow,
    # The list is short, and an app that meets a new key must not wait for it.
    max_age=timedelta(minutes=1),
)

LISTED_WITHIN = timedelta(minutes=1)
ASK_WORKER = f"is the worker up, and its log quiet? Start it with `{START_WORKER}`"
UNLISTED = (
    "answer key: no list (/v1/keys) names {kid}, with which this process signs, so apps believe "
    f"none of its answers offline: {ASK_WORKER}"
)
OLD_LIST = (
    "list of answer keys: the worker signs one each day, and the newest is of {since}; apps "
    f"believe none that is older than a week: {ASK_WORKER}"
)
OTHER_ISSUER = (
    'answer key: this process names the issuer "{mine}", and the worker "{other}" '
    "(LICENSE_ISSUER), so apps believe none of its answers offline: give both the same"
)
SET_ISSUER = "set one LICENSE_ISSUER for API and worker, and start both again"
RENEWED = "the answer key %s was withdrawn: answers are signed with the new key %s from now on"

Renew = Callable[[str], bytes]
"""Returns the PEM of the key that follows the withdrawn key of this kid."""


class AnswerKeyKeeper(BackgroundLoop):
    """Tells the database each hour that this process uses its key, and replaces a withdrawn key."""

    waits: ClassVar[str] = "the answer key is not registered, and apps may believe no answer"
    recovered: ClassVar[str] = "the answer key is registered"

    def __init__(
        self,
        database: Database,
        signer: AnswerSigner,
        renew: Renew,
        clock: Clock = utc_now,
        pauses: Pauses | None = None,
    ) -> None:
        super().__init__(pauses)
        self.database = database
        self.signer = signer
        self.renew = renew
        self.clock = clock
        self.since = clock()

    @override
    async def run_once(self) -> None:
        now = self.clock()
        known = await self.database.read(find_answer_key, self.signer.public_key.kid)
        if known is not None and known.withdrawn_at is not None:
            await self._replace(known.kid)
            known = None
        if known is None or _is_due(known, now):
            key = self.signer.public_key
            await self.database.write(use_answer_key, KnownKey(key.kid, key.x), now)

    async def _replace(self, withdrawn: str) -> None:
        self.signer.replace_key(await asyncio.to_thread(self.renew, withdrawn))
        self.since = self.clock()
        logger.warning(RENEWED, withdrawn, self.signer.public_key.kid)

    async def findings(self) -> list[Finding]:
        """Return a finding if apps cannot verify the answers of this process."""
        now = self.clock()
        try:
            newest = await self.database.read(newest_key_list)
        except DatabaseAwayError:
            return []  # The caller tells that separately.
        old = told_if_old(OLD_LIST, newest, now)
        return [*self._unlisted(newest, now), *old]

    def _unlisted(self, newest: KeyList | None, now: datetime) -> list[Finding]:
        kid, mine = self.signer.public_key.kid, self.signer.issuer
        other, listed = (mine, frozenset()) if newest is None else names_in_list(newest.token)
        if kid not in listed and now - self.since >= LISTED_WITHIN:
            return [_finding(UNLISTED.format(kid=kid), START_WORKER)]
        told = OTHER_ISSUER.format(mine=mine, other=other)
        return [] if other == mine else [_finding(told, SET_ISSUER)]


def _finding(sentence: str, remedy: str) -> Finding:
    return Finding("answer key", Level.WARNING, sentence, remedy, may_pass=True)


def _is_due(known: AnswerKeyLine, now: datetime) -> bool:
    return abs(now - known.seen_at) >= SEEN_EVERY
