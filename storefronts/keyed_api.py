"""A client of a shop's API with a key for each side of the shop, as most shops have it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from typing_extensions import override

from domain.errors import StorefrontAwayError, StorefrontRefusesError
from domain.questions import Answer, Question
from kit.clock import Clock, utc_now
from storefronts.api_account import ApiAccount
from storefronts.shop_api import ShopApi

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from storefronts.got import Got


Lacks = Callable[["Got"], bool]
"""Tells whether a refusal (401, 403) means that the key is good and lacks a right."""


@dataclass(frozen=True, slots=True)
class KeyedApi(ShopApi):
    """`accounts` are the sides by their labels. `headers` go with each question, without the key.

    `patience` limits one question. `pauses` are those that a side asked for, with their ends,
    so that no other event asks meanwhile: all of them count against one limit of the shop.
    """

    title: str
    accounts: Mapping[str, ApiAccount]
    lacks_right: Lacks
    headers: Mapping[str, str] = field(default_factory=dict)
    clock: Clock = utc_now
    patience: "timedelta | None" = None
    pauses: "dict[str, tuple[datetime, str]]" = field(default_factory=dict)

    @override
    async def ask(self, question: Question, label: str | None) -> Answer:
        account = self.accounts[question.side or label or "live"]
        if account.key is None:
            raise StorefrontRefusesError(
                f"{self.title} must be asked for {question.about}, and {account.variable} is not "
                "set",
                f"set it to a key with {question.right}, and start the worker again",
            )
        at = self.clock()
        got = await self._got(account, question.path, at)
        if got.is_refusal:
            raise self._refused(got, question, account)
        return Answer(question.path, got.status, got.body, at)

    async def _got(self, account: ApiAccount, path: str, now: "datetime") -> "Got":
        # httpx is a twentieth of a worker's start.
        from storefronts.http_get import get  # noqa: PLC0415

        until, said = self.pauses.get(account.variable, (now, ""))
        if now < until:
            raise StorefrontAwayError(self.title, said, retry_after=until - now)
        headers = {**self.headers, "Authorization": f"Bearer {account.key}"}
        try:
            return await get(self.title, account.url + path, headers, self.patience)
        except StorefrontAwayError as away:
            if away.retry_after is not None:
                self.pauses[account.variable] = (now + away.retry_after, away.said)
            raise

    def _refused(
        self, got: "Got", question: Question, account: ApiAccount
    ) -> StorefrontRefusesError:
        if self.lacks_right(got):
            return StorefrontRefusesError(
                f"{self.title} refuses the key for {question.about} ({got.status})",
                f"give it {question.right}",
                lacks_right=True,
            )
        return StorefrontRefusesError(
            f"{self.title} refuses the key in {account.variable} ({got.status})",
            "put a valid one in its place, and start the worker again",
        )
