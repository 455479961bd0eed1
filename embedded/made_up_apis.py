"""Answers as the APIs of the shops whose keys are not set, so that made-up events are completed.

Only `mintpost dev` runs this server. The worker gets its address and a key of this run.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from embedded.made_up_answers import read_answers
from embedded.ports import HOST
from fakes.reactions import Reply
from storefronts.registry import PACKAGES

if TYPE_CHECKING:
    from fakes.shop_api import FakeShopApi

SIDES = {"live": "", "test": "TEST_"}
NOTHING = Reply(404)


@dataclass(slots=True)
class MadeUpApis:
    """Knows the answers that `mintpost trigger` keeps in the data dir, and no other.

    Another question may be about a real event. Then the key is refused, so that the event waits for
    a real key, and does not end as if the shop did not know the order.
    """

    data_dir: Path
    keys: Mapping[str, str] = field(
        default_factory=lambda: {side: secrets.token_urlsafe(24) for side in SIDES}
    )
    _shops: "dict[str, FakeShopApi]" = field(default_factory=dict)
    _offset: int = 0

    def answer(self, target: str, headers: Mapping[str, str]) -> Reply:
        """Answer one request. The first part of the target's path names the shop."""
        self._learn()
        name, _, rest = target.removeprefix("/").partition("/")
        shop = self._shops.get(name)
        if shop is None:
            return NOTHING
        reply = shop.answered(headers, f"/{rest}")
        return shop.refusals.wrong_key if reply == shop.refusals.not_found else reply

    def _learn(self) -> None:
        if not self._shops:
            # The fakes import an HTTP framework, and most stacks never ask a shop.
            from fakes.shops import FAKES  # noqa: PLC0415

            keys = dict(self.keys)
            self._shops.update({name: make(keys=keys) for name, make in FAKES.items()})
        answers, self._offset = read_answers(self.data_dir, self._offset)
        for shop, path, body in answers:
            for side in SIDES:
                self._shops[shop].keep_newest([(path, body)], side)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            reply = self.answer(*_read(head))
            closes = ("Connection", "close")
            writer.write(replace(reply, headers=(*reply.headers, closes)).encode())
            await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
            pass  # The client left, or speaks no HTTP, and needs no answer.
        finally:
            writer.close()


@asynccontextmanager
async def made_up_apis(
    data_dir: Path, environment: Mapping[str, str]
) -> AsyncIterator[dict[str, str]]:
    """Serve as the shops without a key. Yield the worker's variables of these shops."""
    apis = MadeUpApis(data_dir)
    async with await asyncio.start_server(apis.serve, HOST, 0) as server:
        _, port = server.sockets[0].getsockname()
        yield dict(_variables(environment, f"http://{HOST}:{port}", apis.keys))


def _variables(
    environment: Mapping[str, str], url: str, keys: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Leave out each side of a shop for which a person set a key or an address."""
    given = {name.upper() for name, value in environment.items() if value.strip()}
    for package in PACKAGES:
        for side, part in SIDES.items():
            api = f"{package.name.upper()}_{part}API"
            own = {f"{api}_KEY": keys[side], f"{api}_URL": f"{url}/{package.name}"}
            if own.keys() <= package.worker_variables and not own.keys() & given:
                yield from own.items()


def _read(head: str) -> tuple[str, dict[str, str]]:
    """Return the target and the headers of a request."""
    first, *lines = head.strip().split("\r\n")
    pairs = (line.partition(":") for line in lines)
    target = first.split(" ")[1:2]
    return "".join(target), {name.lower(): value.strip() for name, _, value in pairs}
