"""Polar's API on the loopback: customers, orders, subscriptions, and pages of a list."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from typing_extensions import override

from fakes.reactions import Reply, json_reply
from fakes.shop_api import FakeShopApi, Refusals

BEARER = (("WWW-Authenticate", 'Bearer realm="polar"'),)
MANY = 1000


def error(status: int, code: str, description: str) -> Reply:
    """Return a refusal of a token as Polar's API writes it (2026-11)."""
    told = json_reply({"error": code, "error_description": description}, status)
    return Reply(told.status, told.body, BEARER if status == 401 else ())  # noqa: PLR2004 - unauthorized


WRONG_TOKEN = error(
    401,
    "invalid_token",
    "The access token provided is expired, revoked, malformed, or invalid for other reasons.",
)


@dataclass(slots=True)
class FakePolarApi(FakeShopApi):
    refusals: ClassVar[Refusals] = Refusals(
        no_key=WRONG_TOKEN,
        wrong_key=WRONG_TOKEN,
        lacks_right=error(
            403,
            "insufficient_scope",
            "The request requires higher privileges than provided by the access token.",
        ),
        not_found=json_reply({"error": "ResourceNotFound", "detail": "Not found"}, 404),
        no_header=json_reply({"error": "the version is missing"}, 400),
    )
    headers: ClassVar[Mapping[str, str]] = {"Polar-Version": "2026-10"}

    @override
    def reply(self, side: str, target: str) -> Reply:
        """Answer a list's path without its slash by a redirect, as Polar does."""
        path, _, query = target.partition("?")
        if path.removeprefix("/v1/").isalpha():
            whole = f"{path}/?{query}" if query else f"{path}/"
            return Reply(307, headers=(("Location", whole),))
        # Two arguments, because a dataclass with slots is another class than `super` knows.
        return FakeShopApi.reply(self, side, target)

    @override
    def empty_page(self, page: dict[str, Any]) -> dict[str, Any]:
        return {**self.endless_page(page), "items": []}

    @override
    def endless_page(self, page: dict[str, Any]) -> dict[str, Any]:
        return {**page, "pagination": {**page["pagination"], "max_page": MANY}}
