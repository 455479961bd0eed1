"""Paddle's recorded bodies and answers, and copies of them with changed values."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from domain.errors import SaleInvalidError
from domain.event import EventKind
from domain.facts import Payment, Reading, payment_in
from domain.questions import Answer
from kit.doors.signatures import digest
from storefronts.base import StoredRequest
from storefronts.body import JSON
from storefronts.paddle.storefront import Paddle

DATA = Path(__file__).parents[2] / "data" / "paddle"
SECRETS: Mapping[str, str] = json.loads((DATA / "secrets.json").read_bytes())
LABELS = {"live": "live", "old": "live", "sandbox": "test"}
NAMES = sorted(each.stem for each in (DATA / "bodies").glob("*.json") if "headers" not in each.name)

ONE_TIME = "01_transaction_completed_one_time"
FIRST = "04_transaction_completed_subscription_first"
CREATED = "05_subscription_created"
RENEWAL = "06_transaction_completed_renewal"
PENDING = "07_adjustment_created_refund_full_pending"
REFUND = "08_adjustment_updated_refund_full_approved"
CHARGEBACK = "10_adjustment_created_chargeback"
CANCELED = "13_subscription_canceled"
SANDBOX = "14_transaction_completed_sandbox"

SANDBOX_BUYER = {
    "data": {
        "id": "ctm_01kbj3k8khjkvq8npfchra8gew",
        "name": None,
        "email": "test.buyer@example.net",
    }
}
"""The recordings have no answer for this customer."""


def body_of(name: str) -> bytes:
    return (DATA / "bodies" / f"{name}.json").read_bytes()


def headers_of(name: str) -> dict[str, Any]:
    headers: dict[str, Any] = json.loads((DATA / "bodies" / f"{name}.headers.json").read_bytes())
    return headers


def recorded(name: str, *answers: Answer) -> StoredRequest:
    """Return the body as it was stored, with the answers of Paddle's API."""
    told = headers_of(name)
    at = datetime.fromtimestamp(told["signed_at"], UTC)
    label = LABELS[told["secret"]]
    return StoredRequest(JSON, body_of(name), at, secret_label=label, answers=answers)


def customer(name: str = "customer_of_01.json") -> Answer:
    return answer_of((DATA / "api" / name).read_bytes())


def answer_of(body: bytes, status: int = 200) -> Answer:
    customer_id = json.loads(body)["data"]["id"]
    return Answer(f"/customers/{customer_id}", status, body, datetime(2025, 11, 2, tzinfo=UTC))


def known_customers() -> tuple[Answer, ...]:
    sandbox = answer_of(json.dumps(SANDBOX_BUYER).encode())
    return customer(), customer("customer_of_04.json"), sandbox


def changed(name: str, changes: Mapping[str, object], *answers: Answer) -> StoredRequest:
    """Return a recorded body with other values, each under its path: `data.items.0.quantity`."""
    request = recorded(name, *(answers or known_customers()))
    document = json.loads(request.body)
    for path, value in changes.items():
        *way, last = path.split(".")
        place = document
        for step in way:
            place = place[int(step)] if isinstance(place, list) else place[step]
        place[int(last) if isinstance(place, list) else last] = value
    body = json.dumps(document, separators=(",", ":")).encode()
    return StoredRequest(
        JSON,
        body,
        request.received_at,
        secret_label=request.secret_label,
        answers=request.answers,
    )


def read(request: StoredRequest) -> Reading:
    return Paddle().read(request)


def payment(request: StoredRequest) -> Payment:
    reading = read(request)
    assert reading.ends is None
    found = payment_in(reading.facts)
    assert found is not None
    return found


def what_is_wrong(request: StoredRequest) -> str:
    reading = read(request)
    assert isinstance(reading.ends, SaleInvalidError)
    assert reading.facts == ()
    return reading.ends.what


def kind(request: StoredRequest) -> EventKind:
    return Paddle().name_request(request).kind


def paddle_events() -> list[StoredRequest]:
    """Return all recorded events, one before and each after the API was asked."""
    updated = {"event_type": "subscription.updated", "data.status": "active"}
    return [
        recorded(ONE_TIME),
        *(recorded(name, *known_customers()) for name in NAMES),
        changed(CREATED, updated),
    ]


def signed(body: bytes, secret: str, at: datetime) -> dict[str, str]:
    """Return the headers with which Paddle sends the body."""
    seconds = str(int(at.timestamp()))
    signature = digest(secret.encode(), f"{seconds}:".encode(), body).hex()
    return {
        "Content-Type": JSON,
        "User-Agent": "Paddle",
        "Paddle-Signature": f"ts={seconds};h1={signature}",
    }


@dataclass(frozen=True, slots=True)
class Line:
    """A line for a made-up transaction, with the id `txnitm_` and its number."""

    price_id: str
    product_id: str
    quantity: int = 1
    total: int = 1000
    kind: str = "standard"
    recurs: bool = True

    @property
    def price(self) -> dict[str, Any]:
        cycle = {"interval": "year", "frequency": 1} if self.recurs else None
        return {
            "id": self.price_id,
            "type": self.kind,
            "product_id": self.product_id,
            "billing_cycle": cycle,
        }

    def item(self) -> dict[str, Any]:
        return {"price": self.price, "quantity": self.quantity, "proration": None}

    def detail(self, number: int) -> dict[str, Any]:
        return {
            "id": f"txnitm_{number}",
            "totals": {"total": str(self.total)},
            "product": {"id": self.product_id, "name": f"Product {self.product_id}"},
            "price_id": self.price_id,
            "quantity": self.quantity,
        }


def with_lines(name: str, *lines: Line, total: int | None = None, **more: object) -> StoredRequest:
    """Return a recorded transaction with other lines. Its API's answers are known.

    A name in `more` has `__` for each dot of its path.
    """
    whole = sum(line.total for line in lines) if total is None else total
    changes = {
        "data.items": [line.item() for line in lines],
        # Paddle's order of the details need not be that of the items.
        "data.details.line_items": [
            line.detail(number) for number, line in enumerate(lines, start=1)
        ][::-1],
        "data.details.totals.grand_total": str(whole),
    }
    return changed(name, changes | {path.replace("__", "."): each for path, each in more.items()})
