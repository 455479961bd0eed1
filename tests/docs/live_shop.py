"""A running API with the work of a worker, as an app of docs/apps meets them."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.types import Receive, Scope, Send

from activities.answer_keys import AnswerKeySigner
from activities.revocations import RevocationSigner
from activities.tokens import TokenSigner
from db.answer_keys import use_answer_key
from db.engine import Database
from db.signing_keys import KnownKey, remember_key
from domain.license import License
from licensing.signing import Signer
from licensing.tokens import jwks
from tests.docs.building import App
from tests.support.online import Given, OnlineApi, online_api, put
from tests.support.serving import serving

PRODUCT = "product-1"
PRODUCTS = f"""\
gumroad:
  - product_id: {PRODUCT}
    tier: pro
    devices: 1
"""

Kept = dict[str, Any]


@dataclass(frozen=True, slots=True)
class LiveShop:
    api: OnlineApi
    signer: Signer

    @property
    def database(self) -> Database:
        return self.api.database

    @property
    def now(self) -> int:
        return int(self.api.clock().timestamp())

    def known(self, url: str | None = None) -> dict[str, Any]:
        """Return what an app knows of the shop from its build."""
        return {
            "url": url or self.api.url,
            "product": PRODUCT,
            "jwks": jwks([self.signer.public_key]),
        }

    async def work(self) -> None:
        """Do what the loops of the API and the worker do, once."""
        key, now = self.api.signer.public_key, self.api.clock()
        self.database.write_here(use_answer_key, KnownKey(key.kid, key.x), now)
        await AnswerKeySigner(self.database, self.signer, self.api.clock).run_once()
        await RevocationSigner(self.database, self.signer, self.api.clock).run_once()
        await TokenSigner(self.database, self.signer, rest=at_once).run_once()

    def sign(self, license_: License) -> License:
        return put(self.database, license_, token=self.signer.sign(license_))


async def at_once(_seconds: float) -> None:
    """Rest for no time, because nobody sells meanwhile."""


@asynccontextmanager
async def live_shop(
    database: Database, folder: Path, signer: Signer, given: Given | None = None
) -> AsyncIterator[LiveShop]:
    async with online_api(database, folder, given or Given(PRODUCTS)) as api:
        shop = LiveShop(api, signer)
        key = signer.public_key
        database.write_here(remember_key, KnownKey(key.kid, key.x), api.clock())
        await shop.work()
        yield shop


@dataclass(slots=True)
class User:
    """A person's app: the code of a page, and what it keeps. Its clock may be wrong."""

    app: App
    shop: LiveShop
    kept: Kept
    url: str | None = None
    ahead: int = 0
    told: dict[str, Any] | None = field(default=None, init=False)

    @property
    def now(self) -> int:
        return self.shop.now + self.ahead

    async def check(self, verb: str = "validate", **more: object) -> str:
        given = [self.shop.known(self.url), self.kept, self.now, verb, more]
        (code, told), self.kept = await asyncio.to_thread(self.app, "check", *given)
        self.told = told
        return str(code)

    async def told_by_check(self) -> tuple[str, dict[str, Any] | None]:
        return await self.check(), self.told

    async def ask(self, verb: str, **more: object) -> Any:  # noqa: ANN401 - any JSON value
        return await asyncio.to_thread(
            self.app, "ask", self.shop.known(self.url), self.kept, verb, more
        )

    async def refresh(self) -> None:
        given = (self.shop.known(self.url), self.kept, self.now)
        _, self.kept = await asyncio.to_thread(self.app, "refresh_revocations", *given)

    def offline(self) -> str:
        return str(self.app("offline", self.shop.known(), self.kept, self.now))

    def licensed(self) -> str:
        return str(self.app("licensed", self.shop.known(), self.kept, self.now))


def user_of(app: App, shop: LiveShop, key: str) -> User:
    return User(app, shop, app("first_kept", key))


@dataclass(frozen=True, slots=True)
class Canned:
    """An answer that a proxy, a portal or a thief gives."""

    body: str | Mapping[str, object]
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


Answering = Canned | Callable[[dict[str, Any]], Canned]
"""An answer, or a function of the fields that were asked."""


@asynccontextmanager
async def answering(answers: Mapping[str, Answering]) -> AsyncIterator[str]:
    """Answer each path as told, and every other path as the first."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            for done in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{done}.complete"})
            return
        asked = b""
        while (message := await receive()).get("more_body"):
            asked += message["body"]
        asked += message.get("body", b"")
        canned = answers.get(scope["path"]) or next(iter(answers.values()))
        if not isinstance(canned, Canned):
            canned = canned(json.loads(asked))
        body = canned.body if isinstance(canned.body, str) else json.dumps(canned.body)
        headers = [(name.encode(), value.encode()) for name, value in canned.headers.items()]
        start = {"type": "http.response.start", "status": canned.status, "headers": headers}
        await send(start)
        await send({"type": "http.response.body", "body": body.encode()})

    async with serving(answer) as url:
        yield url
