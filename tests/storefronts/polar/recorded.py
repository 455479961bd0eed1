"""Polar's bodies as they are, and the same with changed members."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from domain.errors import SaleInvalidError
from domain.facts import Payment, Reading, SubscriptionState, payment_in
from domain.questions import Answer
from storefronts.base import StoredRequest
from storefronts.body import JSON
from storefronts.polar.storefront import Polar

DATA = Path(__file__).parents[2] / "data" / "polar"
ARRIVED = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
POLAR = Polar()
SUBSCRIPTION = "c97c58df-115b-4cc2-bac7-65ba1ec5d80d"
ORGANIZATION = "93b8b7d9-11d2-43f1-b335-0da81e0a0f14"
EVENT_ID = "0657ceaa-7a72-5b9b-b82c-fc8a4535b71f"


def body(number: str) -> bytes:
    """Return the recorded body whose name begins with the number."""
    (file,) = (
        each for each in (DATA / "bodies").glob(f"{number}_*") if ".headers" not in each.name
    )
    return file.read_bytes()


def headers(number: str) -> dict[str, Any]:
    (file,) = (DATA / "bodies").glob(f"{number}_*.headers.json")
    read: dict[str, Any] = json.loads(file.read_text())
    return read


def request(content: bytes, label: str | None = "live", *answers: Answer) -> StoredRequest:
    kept = (("webhook-id", EVENT_ID),)
    return StoredRequest(JSON, content, ARRIVED, ARRIVED, None, kept, label, answers)


def changed(content: bytes, change: Callable[[dict[str, Any]], None]) -> bytes:
    """Return a body with changed members, written as Polar writes."""
    document = json.loads(content)
    change(document)
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def polar_events() -> list[StoredRequest]:
    """Return every recorded event, and an update of a subscription."""
    files = sorted(each for each in (DATA / "bodies").iterdir() if ".headers" not in each.name)
    updated = as_event("subscription.updated", body("11"))
    return [request(content) for content in (*(each.read_bytes() for each in files), updated)]


def with_data(number: str, **members: object) -> bytes:
    """Return a recorded body with other members of `data`."""
    return changed(body(number), lambda found: found["data"].update(members))


def as_event(name: str, content: bytes) -> bytes:
    """Return the body as another event's."""
    return changed(content, lambda found: found.update(type=name))


def with_subscription(number: str, **members: object) -> bytes:
    """Return an order's body with other members of its subscription."""
    return changed(body(number), lambda found: found["data"]["subscription"].update(members))


def refund(name: str = "refund.created", **members: object) -> bytes:
    """Return an event about a refund of the first order, in the form of Polar's API."""
    data: Mapping[str, object] = {
        "created_at": "2025-11-09T16:20:00.400000Z",
        "modified_at": None,
        "id": "7f9d4fd4-4b79-4d35-9a5c-2f0d3c4f6e11",
        "metadata": {},
        "status": "succeeded",
        "reason": "customer_request",
        "amount": 4900,
        "tax_amount": 931,
        "currency": "usd",
        "organization_id": ORGANIZATION,
        "order_id": "4204cf8a-d6b2-4aa5-a1d9-2589374ffe1b",
        "subscription_id": None,
        "customer_id": "5bee7381-9f19-4cc9-922b-208e51de8c57",
        "revoke_benefits": True,
    }
    told = {"type": name, "timestamp": "2025-11-09T16:20:00.611450Z", "api_version": "2026-10"}
    return json.dumps({**told, "data": {**data, **members}}).encode()


def other(name: str, **data: object) -> bytes:
    """Return an event of which Mintpost reads the name alone."""
    told = {"type": name, "timestamp": "2025-11-09T16:20:00.611450Z", "api_version": "2026-10"}
    return json.dumps({**told, "data": data}).encode()


def read(content: bytes) -> Reading:
    return POLAR.read(request(content))


def payment_of(content: bytes) -> Payment:
    payment = payment_in(read(content).facts)
    assert payment is not None
    return payment


def state_of(content: bytes) -> SubscriptionState:
    (state,) = read(content).facts
    assert isinstance(state, SubscriptionState)
    return state


def error_of(content: bytes) -> str:
    ends = read(content).ends
    assert isinstance(ends, SaleInvalidError)
    return ends.what
