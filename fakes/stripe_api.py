"""Stripe's API on the loopback: objects, and pages of lists."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode

from typing_extensions import override

from fakes.reactions import Reply, json_reply
from fakes.shop_api import FakeShopApi, Refusals
from fakes.shop_faults import edited

WRONG_KEY = "Invalid API Key provided: rk_live_*****0000"
LACKS_RIGHT = (
    "The provided key does not have the required permissions for this endpoint. Having the "
    "'rak_checkout_session_read' permission would allow this request to continue."
)
API_VERSION = "2026-10-28.endive"
CURSOR = "starting_after"
USUAL_PAGE = 10


def error(status: int, message: str, **fields: str) -> Reply:
    """Return an error as Stripe's API writes it (2026-11)."""
    told = {"type": "invalid_request_error", "message": message, **fields}
    return json_reply({"error": told}, status)


@dataclass(slots=True)
class FakeStripeApi(FakeShopApi):
    refusals: ClassVar[Refusals] = Refusals(
        no_key=error(401, WRONG_KEY),
        wrong_key=error(401, WRONG_KEY),
        lacks_right=error(403, LACKS_RIGHT, code="more_permissions_required_for_application"),
        not_found=error(404, "No such object", code="resource_missing", param="id"),
        no_header=error(400, "Invalid Stripe API version"),
    )
    headers: ClassVar[Mapping[str, str]] = {"Stripe-Version": API_VERSION}

    @override
    def state_time(self, body: bytes) -> str:
        metadata = json.loads(body).get("metadata") or {}
        return f"{int(metadata.get('as_of', 0)):012}"

    @override
    def reply(self, side: str, target: str) -> Reply:
        """Answer one page of a list that was given whole: what follows `starting_after`."""
        path, _, query = target.partition("?")
        asked = parse_qsl(query)
        kept = [pair for pair in asked if pair[0] != CURSOR]
        # Not through `super()`: a class with slots is made anew, and its own methods do not know.
        reply = FakeShopApi.reply(self, side, f"{path}?{urlencode(kept)}" if kept else path)
        return edited(reply, lambda found: _page(found, dict(asked)))

    @override
    def empty_page(self, page: dict[str, Any]) -> dict[str, Any]:
        return _with_more(page, empty=True)

    @override
    def endless_page(self, page: dict[str, Any]) -> dict[str, Any]:
        return _with_more(page, empty=False)


def _page(found: dict[str, Any], asked: Mapping[str, str]) -> dict[str, Any]:
    if found.get("object") != "list":
        return found
    entries = found["data"]
    ids = [each.get("id") for each in entries]
    start = ids.index(asked[CURSOR]) + 1 if CURSOR in asked else 0
    end = start + int(asked.get("limit", USUAL_PAGE))
    more = found["has_more"] or end < len(entries)
    return {**found, "data": entries[start:end], "has_more": more}


def _with_more(page: dict[str, Any], *, empty: bool) -> dict[str, Any]:
    """Return the list, or the object with its lists, as if more entries followed."""
    if page.get("object") == "list":
        return {**page, "data": [] if empty else page["data"], "has_more": True}
    lists = {
        name: _with_more(part, empty=empty)
        for name, part in page.items()
        if isinstance(part, dict) and part.get("object") == "list"
    }
    return {**page, **lists}
