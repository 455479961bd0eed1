"""Recorded events of Lemon Squeezy and answers of its API, and changed copies of both."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from domain.facts import Reading
from domain.questions import Answer
from storefronts.base import StoredRequest
from storefronts.lemonsqueezy.storefront import LemonSqueezy

DATA = Path(__file__).parents[2] / "data" / "lemonsqueezy"
BODIES = DATA / "bodies"
AT = datetime(2026, 11, 3, 12, tzinfo=UTC)
SHOP = LemonSqueezy()

Change = Callable[[dict[str, Any]], object]


def recorded_files() -> list[Path]:
    return sorted(each for each in BODIES.iterdir() if not each.name.endswith(".headers.json"))


def body(name: str) -> bytes:
    """Return the recorded body whose file's name begins so."""
    return next(file for file in recorded_files() if file.name.startswith(name)).read_bytes()


def recorded(name: str) -> StoredRequest:
    return StoredRequest("application/json", body(name), AT)


def answer(path: str, file: str, at: datetime = AT) -> Answer:
    return Answer(path, 200, (DATA / "api" / file).read_bytes(), at)


def unknown(path: str) -> Answer:
    return Answer(path, 404, (DATA / "api" / "not_found.json").read_bytes(), AT)


def changed(request: StoredRequest, change: Change) -> StoredRequest:
    """Return the request with changed attributes."""
    document = json.loads(request.body)
    change(document["data"]["attributes"])
    return replace(request, body=json.dumps(document).encode())


def renamed(request: StoredRequest, name: str, **attributes: object) -> StoredRequest:
    return replace(request, body=renamed_body(request.body, name, **attributes))


def renamed_body(content: bytes, name: str, **attributes: object) -> bytes:
    """Return the body of another event of the same object, with changed attributes."""
    document = json.loads(content)
    document["meta"]["event_name"] = name
    document["data"]["attributes"] |= attributes
    return json.dumps(document).encode()


def with_meta(request: StoredRequest, **meta: object) -> StoredRequest:
    document = json.loads(request.body)
    document["meta"] |= meta
    return replace(request, body=json.dumps(document).encode())


def answered(request: StoredRequest, *answers: Answer) -> StoredRequest:
    return replace(request, answers=(*request.answers, *answers))


def read(request: StoredRequest) -> Reading:
    return SHOP.read(request)


def order_path(order_id: str) -> str:
    return f"/v1/orders/{order_id}?include=order-items"


def items_path(order_id: str, page: int = 1) -> str:
    more = "" if page == 1 else f"&page%5Bnumber%5D={page}"
    return f"/v1/order-items?filter%5Border_id%5D={order_id}{more}"


def order_answer(request: StoredRequest, changes: Mapping[str, object] | None = None) -> Answer:
    """Return the API's answer about the order of an event: the event's state, and its one item."""
    data = json.loads(request.body)["data"]
    data["attributes"] |= changes or {}
    first = data["attributes"]["first_order_item"]
    item = {"type": "order-items", "id": str(first["id"]), "attributes": first}
    found = json.dumps({"data": data, "included": [item]}).encode()
    return Answer(order_path(data["id"]), 200, found, AT)


def subscription_answer(**changes: object) -> Answer:
    document = json.loads((DATA / "api" / "subscription.json").read_bytes())
    document["data"]["attributes"] |= changes
    return Answer("/v1/subscriptions/1131464", 200, json.dumps(document).encode(), AT)


def all_events() -> list[StoredRequest]:
    """Return the recorded events, those of sales also with their answers, and an ending."""
    events = [StoredRequest("application/json", each.read_bytes(), AT) for each in recorded_files()]
    sales = [recorded(name) for name in ("01", "12")]
    ended = renamed(recorded("06"), "subscription_expired", status="expired")
    return [*events, *(answered(each, order_answer(each)) for each in sales), ended]


def headers(name: str) -> dict[str, Any]:
    """Return the headers of a recorded body, with its secret and its time."""
    (file,) = BODIES.glob(f"{name}*.headers.json")
    found: dict[str, Any] = json.loads(file.read_bytes())
    return found
