"""Paddle's API on the loopback: customers, transactions, and pages of a list."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from typing_extensions import override

from fakes.reactions import Reply, json_reply
from fakes.shop_api import FakeShopApi, Refusals


def error(status: int, code: str, detail: str) -> Reply:
    """Return an error as Paddle's API writes it (2026-11)."""
    told = {
        "type": "request_error",
        "code": code,
        "detail": detail,
        "documentation_url": f"https://developer.paddle.com/errors/shared/{code}",
    }
    return json_reply({"error": told, "meta": {"request_id": "invented"}}, status)


WRONG_KEY = error(403, "invalid_token", "Invalid or revoked API key.")


@dataclass(slots=True)
class FakePaddleApi(FakeShopApi):
    """Answers 403 for every fault of a key, as Paddle does."""

    refusals: ClassVar[Refusals] = Refusals(
        no_key=error(403, "authentication_missing", "Authentication header missing."),
        wrong_key=WRONG_KEY,
        lacks_right=error(403, "forbidden", "You aren't permitted to perform this request."),
        not_found=error(404, "not_found", "Entity not found"),
        no_header=error(400, "invalid_headers", "Paddle-Version must be given."),
    )
    headers: ClassVar[Mapping[str, str]] = {"Paddle-Version": "1"}

    @override
    def empty_page(self, page: dict[str, Any]) -> dict[str, Any]:
        return {**page, "data": [], "meta": _with_more(page)}

    @override
    def endless_page(self, page: dict[str, Any]) -> dict[str, Any]:
        return {**page, "meta": _with_more(page)}


def _with_more(page: dict[str, Any]) -> dict[str, Any]:
    meta = page["meta"]
    return {**meta, "pagination": {**meta["pagination"], "has_more": True}}
