"""Lemon Squeezy's API on the loopback: orders, order items and subscriptions."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from typing_extensions import override

from fakes.reactions import Reply, json_reply
from fakes.shop_api import FakeShopApi, Refusals, plain_target

ORDERS, ITEMS, SUBSCRIPTIONS = "/v1/orders", "/v1/order-items", "/v1/subscriptions"
PER_PAGE = 10


def refused(status: int, title: str, detail: str) -> Reply:
    error = {"detail": detail, "status": str(status), "title": title}
    return json_reply({"jsonapi": {"version": "1.0"}, "errors": [error]}, status)


UNAUTHORIZED = refused(401, "Unauthorized", "Unauthenticated.")


@dataclass(slots=True)
class FakeLemonSqueezyApi(FakeShopApi):
    """Knows the answers that it was given, and the lists of items of the orders in them.

    `per_page` is the length of a page, unless a request asks for another. `never` are the
    beginnings of paths whose objects the shop does not know, although others show them.
    """

    refusals: ClassVar[Refusals] = Refusals(
        no_key=UNAUTHORIZED,
        wrong_key=UNAUTHORIZED,
        lacks_right=refused(403, "Forbidden", "This action is unauthorized."),
        not_found=refused(404, "Not Found", "The related resource does not exist."),
    )
    headers: ClassVar[Mapping[str, str]] = {"accept": "application/vnd.api+json"}

    per_page: int = PER_PAGE
    never: set[str] = field(default_factory=set)

    def learn(self, event: bytes) -> None:
        """Know the object of an event as the event shows it, unless a newer event showed it."""
        told = json.loads(event)
        side = "test" if told["meta"]["test_mode"] else "live"
        data = told["data"]
        match data["type"]:
            case "orders":
                self._learn(side, f"{ORDERS}/{data['id']}?include=order-items", data)
            case "subscriptions":
                self._learn(side, f"{SUBSCRIPTIONS}/{data['id']}", data)

    def _learn(self, side: str, target: str, data: dict[str, Any]) -> None:
        known = json.loads(self.answers.get((side, plain_target(target)), b"null"))
        if known is None or _updated(known["data"]) < _updated(data):
            first = data["attributes"].get("first_order_item")
            items = [] if first is None else [_resource("order-items", str(first["id"]), first)]
            included = items if known is None else known.get("included", items)
            found = {"jsonapi": {"version": "1.0"}, "data": data, "included": included}
            self.add(target, json.dumps(found).encode(), side)

    @override
    def state_time(self, body: bytes) -> str:
        return _updated(json.loads(body)["data"])

    @override
    def reply(self, side: str, target: str) -> Reply:
        path, query = plain_target(target)
        if path.startswith(tuple(self.never)):
            return self.refusals.not_found
        asked = dict(query)
        if path == ITEMS and (side, (path, query)) not in self.answers:
            return self._items(side, asked)
        return FakeShopApi.reply(self, side, target)

    def _items(self, side: str, asked: Mapping[str, str]) -> Reply:
        order = f"{ORDERS}/{asked.get('filter[order_id]', '')}?include=order-items"
        known = self.answers.get((side, plain_target(order)))
        items = [] if known is None else json.loads(known)["included"]
        page = int(asked.get("page[number]", "1"))
        size = int(asked.get("page[size]", self.per_page))
        shown, rest = items[(page - 1) * size : page * size], items[page * size :]
        links = {"next": "https://api.lemonsqueezy.com/v1/order-items"} if rest else {}
        return json_reply({"jsonapi": {"version": "1.0"}, "links": links, "data": shown})

    @override
    def empty_page(self, page: dict[str, Any]) -> dict[str, Any]:
        if "included" in page:
            return {**page, "included": []}
        return {**page, "data": []} if isinstance(page["data"], list) else page

    @override
    def endless_page(self, page: dict[str, Any]) -> dict[str, Any]:
        links = {**page.get("links", {}), "next": "https://api.lemonsqueezy.com/v1/next"}
        return {**page, "links": links}


def _updated(data: dict[str, Any]) -> str:
    """Return the time of a state. Texts of one form compare like their times."""
    return str(data["attributes"]["updated_at"])


def _resource(kind: str, number: str, attributes: dict[str, Any]) -> dict[str, Any]:
    return {"type": kind, "id": number, "attributes": attributes}
