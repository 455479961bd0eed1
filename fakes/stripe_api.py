"""Stripe's API on the loopback: objects, and pages of lists."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from typing_extensions import override

from fakes.reactions import Reply, json_reply
from fakes.shop_api import FakeShopApi, Refusals

WRONG_KEY = "Invalid API Key provided: rk_live_*****0000"
LACKS_RIGHT = (
    "The provided key does not have the required permissions for this endpoint. Having the "
    "'rak_checkout_session_read' permission would allow this request to continue."
)
API_VERSION = "2026-10-28.endive"


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
    def empty_page(self, page: dict[str, Any]) -> dict[str, Any]:
        return _with_more(page, empty=True)

    @override
    def endless_page(self, page: dict[str, Any]) -> dict[str, Any]:
        return _with_more(page, empty=False)


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
