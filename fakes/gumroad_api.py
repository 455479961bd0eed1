"""Gumroad's API on the loopback: whole answers, and refusals without a body (2025-04)."""

from dataclasses import dataclass
from typing import ClassVar

from fakes.reactions import Reply
from fakes.shop_api import FakeShopApi, Refusals

UNAUTHORIZED = Reply(401, headers=(("WWW-Authenticate", 'Bearer realm="Doorkeeper"'),))


@dataclass(slots=True)
class FakeGumroadApi(FakeShopApi):
    refusals: ClassVar[Refusals] = Refusals(
        no_key=UNAUTHORIZED,
        wrong_key=UNAUTHORIZED,
        lacks_right=Reply(403),
        not_found=Reply(404),
    )
