"""Recorded bodies of Stripe with the recorded answers of its API, and changed copies of both."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from domain.facts import Reading
from domain.questions import Answer, Question
from storefronts.base import StoredRequest
from storefronts.body import JSON
from storefronts.stripe.storefront import Stripe

DATA = Path(__file__).parents[2] / "data" / "stripe"
READ_AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
ASKED_AT = datetime(2026, 11, 20, 12, 0, 1, tzinfo=UTC)
STRIPE = Stripe()
UPDATED = "customer.subscription.updated"

Api = Mapping[str, dict[str, Any]]


def body(number: str) -> bytes:
    (file,) = (each for each in DATA.glob(f"bodies/{number}_*.json") if "headers" not in each.name)
    return file.read_bytes()


def content(number: str) -> Any:  # noqa: ANN401 - JSON
    return json.loads(body(number))


def answer(name: str) -> Any:  # noqa: ANN401 - JSON
    return json.loads((DATA / "api" / f"{name}.json").read_bytes())


def recorded_api() -> dict[str, Any]:
    """Return the recorded answers by the path of their question."""
    index = json.loads((DATA / "api" / "index.json").read_bytes())
    return {
        each["request"].removeprefix("GET "): json.loads((DATA / "api" / each["file"]).read_bytes())
        for each in index
        if each.get("status") == 200
    }


def stripe_events() -> list[StoredRequest]:
    """Return all recorded events as they arrive, and once more with all answers.

    None of them tells a change of plan, so one is made of the subscription that ended.
    """
    files = sorted(each for each in DATA.glob("bodies/*.json") if "headers" not in each.name)
    updated = {**changed("13", lambda it: it.update(status="active")), "type": UPDATED}
    arrived = [request_of(each.read_bytes()) for each in files] + [request_of(updated)]
    (lines,) = (each for each in arrived if b"test-purchase@" in each.body)
    test_id = STRIPE.name_request(lines).order_id
    known = {f"/v1/checkout/sessions/{test_id}/line_items?limit=100": answer("line_items_of_01")}
    return [*arrived, *(completed(each, {**recorded_api(), **known}) for each in arrived)]


def request_of(told: object, received_at: datetime = READ_AT) -> StoredRequest:
    sent = told if isinstance(told, bytes) else json.dumps(told).encode()
    return StoredRequest(JSON, sent, received_at)


def completed(request: StoredRequest, api: Api, stripe: Stripe = STRIPE) -> StoredRequest:
    """Answer each question of the reading, as the step complete does. Others are unknown (404)."""
    while (asks := stripe.read(request).asks) is not None:
        request = with_answer(request, answered(asks, api))
    return request


def with_answer(request: StoredRequest, told: Answer) -> StoredRequest:
    return StoredRequest(
        request.content_type,
        request.body,
        request.received_at,
        request.read_at,
        request.address,
        request.headers,
        request.secret_label,
        (*request.answers, told),
    )


def answered(asks: Question, api: Api) -> Answer:
    found = api.get(asks.path)
    if found is None:
        return Answer(asks.path, 404, b'{"error": {"code": "resource_missing"}}', ASKED_AT)
    return Answer(asks.path, 200, json.dumps(found).encode(), ASKED_AT)


def read(told: object, api: Api | None = None) -> Reading:
    known = recorded_api() if api is None else api
    return STRIPE.read(completed(request_of(told), known))


def asked(told: object, api: Api | None = None) -> list[str]:
    """Return the paths of all questions that a reading asks."""
    known = recorded_api() if api is None else api
    return [each.path for each in completed(request_of(told), known).answers]


def changed(number: str, change: Callable[[Any], None]) -> Any:  # noqa: ANN401 - JSON
    """Return a recorded event, after `change` of its object."""
    told = content(number)
    change(told["data"]["object"])
    return told
