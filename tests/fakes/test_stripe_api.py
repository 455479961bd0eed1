"""The fake of Stripe's API: pages of a list, refusals in Stripe's words, and newest states."""

import json
from typing import Any

import pytest

from fakes.reactions import Reply
from fakes.stripe_api import FakeStripeApi

PATH = "/v1/checkout/sessions/cs_1/line_items"


def document(reply: Reply) -> Any:  # noqa: ANN401 - JSON
    return json.loads(reply.body)


@pytest.mark.parametrize(
    ("query", "ids", "more"),
    [
        ("", range(10), True),
        ("?limit=100", range(12), False),
        ("?limit=5&starting_after=li_9", range(10, 12), False),
        ("?starting_after=li_11", range(0), False),
    ],
)
def test_a_list_that_is_given_whole_is_answered_in_pages(
    query: str, ids: range, *, more: bool
) -> None:
    api = FakeStripeApi()
    entries = [{"id": f"li_{number}"} for number in range(12)]
    for limit in ("", "?limit=100", "?limit=5"):
        whole = {"object": "list", "data": entries, "has_more": False}
        api.add(f"{PATH}{limit}", json.dumps(whole).encode())

    page = document(api.reply("live", f"{PATH}{query}"))
    assert [each["id"] for each in page["data"]] == [f"li_{number}" for number in ids]
    assert page["has_more"] is more


def test_an_object_that_changes_keeps_its_newest_state() -> None:
    api, path = FakeStripeApi(), "/v1/disputes/du_1"
    for at, status in ((2, "won"), (1, "needs_response")):
        told = {"object": "dispute", "status": status, "metadata": {"as_of": at}}
        api.keep_newest([(path, json.dumps(told).encode())])

    assert document(api.reply("live", path))["status"] == "won"


def test_an_unknown_object_is_refused_in_stripes_words() -> None:
    reply = FakeStripeApi().reply("live", "/v1/charges/ch_1")
    assert (reply.status, document(reply)["error"]["code"]) == (404, "resource_missing")
