"""Stripe's recorded bodies and answers, and copies of both with changed values."""

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from domain.facts import Fact, Payment, Reading
from domain.questions import Answer
from storefronts.base import Naming, StoredRequest
from storefronts.body import JSON
from storefronts.stripe.storefront import Stripe

DATA = Path(__file__).parents[2] / "data" / "stripe"
SECRETS: Mapping[str, str] = json.loads((DATA / "secrets.json").read_bytes())
NAMES = sorted(each.stem for each in (DATA / "bodies").glob("*.json") if "headers" not in each.name)

SALE = "01_checkout_session_completed_payment"
MEMBER = "02_checkout_session_completed_subscription"
FIRST_INVOICE = "03_invoice_paid_subscription_create"
RENEWAL = "04_invoice_paid_subscription_cycle"
RENEWAL_BEFORE = "05_invoice_paid_subscription_cycle_api_2024_06_20"
REFUND = "06_charge_refunded_full"
DISPUTE = "08_charge_dispute_created"
DELETED = "13_subscription_deleted"
TEST = "14_checkout_session_completed_test_mode"
UNPAID = "17_checkout_session_completed_unpaid"
PAID_LATER = "18_checkout_session_async_payment_succeeded"
THIN = "43_thin_checkout_session_completed"

SOLD = "cs_live_a1qoaAhwrQ3fpbCbk2wvfCRWDBg9rQ3ns9P0Asl8uFE7NBXMkTsfQKcXhe"
SUBSCRIBED = "cs_live_a1AFba5wlwTgtuKl3gzGkzE7qzWRCeu2r5BKRmExekfnzWmlRzCWRRvmoT"
LATE = "cs_live_a1WWmfhFlctSMce64wAih9pkhxbsK80KcCmRP1QkyfThJNFywkzjBn5pN5"
TEST_SESSION = "cs_test_a12J1RXJmQSM05vlqrzWxDg3gwPtkBiMSAfz0P7gCFGz3YHuJhqheHhJQG"
SUBSCRIPTION = "sub_1Sx82RVm2DwWPJF07CR3Tik7"
RENEWED = "in_1S8EGqlhNA1R4dg7R0ZETHXW"
INTENT = "pi_1S1MC0om6heJFanJ6mAre3jn"
CHARGE = "ch_2KNyzoF3yPYVDsPEFeS0g5s9"
BASIC, SYNC = "price_1SNbec33880426121273930", "price_1SXpbah8478490833306"

READ_AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
ASKED_AT = datetime(2026, 11, 20, 12, 0, 1, tzinfo=UTC)

Json: TypeAlias = dict[str, Any]
Api: TypeAlias = Mapping[str, Json]
F = TypeVar("F", bound=Fact)


def body_of(name: str) -> bytes:
    return (DATA / "bodies" / f"{name}.json").read_bytes()


def headers_of(name: str) -> Json:
    headers: Json = json.loads((DATA / "bodies" / f"{name}.headers.json").read_bytes())
    return headers


def object_of(name: str, **changes: object) -> Json:
    """Return the object in a recorded event, with other values: `customer_details__email`."""
    told: Json = json.loads(body_of(name))["data"]["object"]
    return changed(told, **changes)


def event(name: str, type_: str | None = None, **changes: object) -> Json:
    """Return a recorded event, of another type or with other values of its object."""
    told: Json = json.loads(body_of(name))
    told["data"]["object"] = changed(told["data"]["object"], **changes)
    return told if type_ is None else {**told, "type": type_}


def changed(told: Json, **changes: object) -> Json:
    """Return a copy with other values. Two underscores lead into an object or a list."""
    document = copy.deepcopy(told)
    for path, value in changes.items():
        *way, last = path.split("__")
        place: Any = document
        for step in way:
            place = place[int(step)] if isinstance(place, list) else place[step]
        place[last] = value
    return document


def thin(type_: str, object_id: str, **fields: object) -> Json:
    told: Json = json.loads(body_of(THIN))
    related = {**told["related_object"], "id": object_id}
    return {**told, "type": f"v1.{type_}", "related_object": related, **fields}


def recorded_api(*, is_test: bool = False) -> dict[str, Json]:
    """Return the recorded answers by the path of the question, and those of the test session."""
    index: list[Json] = json.loads((DATA / "api" / "index.json").read_bytes())
    found = [each for each in index if each.get("status") == 200]
    api = {each["request"].removeprefix("GET "): api_of(each["file"]) for each in found}
    lines = {f"/v1/checkout/sessions/{TEST_SESSION}/line_items?limit=100": line_items()}
    return {**api, **lines} if not is_test else lines


def api_of(file: str) -> Json:
    answer: Json = json.loads((DATA / "api" / file).read_bytes())
    return answer


def line_items(*quantities: int | None) -> Json:
    """Return recorded line items, one for each quantity."""
    page = api_of("line_items_of_01.json")
    (item,) = page["data"]
    entries = [
        {**item, "id": f"li_{number}", "quantity": quantity}
        for number, quantity in enumerate(quantities)
    ]
    return {**page, "data": entries or [item]}


def page(*entries: Json, more: bool = False) -> Json:
    return {"object": "list", "data": [*entries], "has_more": more}


@dataclass(frozen=True, slots=True)
class Asking:
    """Stripe's API in a test: it answers `api`, and 404 to every other question."""

    api: Api = field(default_factory=recorded_api)
    account: str | None = None

    @property
    def stripe(self) -> Stripe:
        return Stripe(ours=[self.account] if self.account else [])

    def completed(self, told: Json | bytes) -> StoredRequest:
        """Ask until the event can be read, as the step complete does."""
        request = stored(told)
        while (asks := self.stripe.read(request).asks) is not None:
            found = self.api.get(asks.path)
            status, body = (404, b"{}") if found is None else (200, json.dumps(found).encode())
            answer = Answer(asks.path, status, body, ASKED_AT)
            request = replace(request, answers=(*request.answers, answer))
        return request

    def read(self, told: Json | bytes) -> Reading:
        return self.stripe.read(self.completed(told))

    def named(self, told: Json | bytes) -> Naming:
        return self.stripe.name_request(self.completed(told))

    def paths(self, told: Json | bytes) -> list[str]:
        return [each.path for each in self.completed(told).answers]

    def payment(self, told: Json | bytes) -> Payment:
        (payment,) = self.facts(told, Payment)
        return payment

    def facts(self, told: Json | bytes, kind: type[F]) -> list[F]:
        reading = self.read(told)
        assert reading.ends is None
        return [fact for fact in reading.facts if isinstance(fact, kind)]


def asking(answers: Api) -> Asking:
    """Return Stripe's API with other answers beside the recorded ones."""
    return Asking({**recorded_api(), **answers})


def stored(told: Json | bytes) -> StoredRequest:
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    return StoredRequest(JSON, body, READ_AT)


def stripe_events() -> list[StoredRequest]:
    """Return all recorded events, one before and each after the API was asked.

    None of them tells a change of plan, so one is made of the subscription that ended.
    """
    updated = event(DELETED, "customer.subscription.updated", status="active")
    told: list[Json | bytes] = [updated, *map(body_of, NAMES)]
    return [stored(body_of(SALE)), *map(Asking().completed, told)]
