"""Refunds of orders of Lemon Squeezy: whole, partial, and of nothing."""

import json
from dataclasses import replace

import pytest

from domain.errors import FactInvalidError
from domain.event import NotedReason
from domain.facts import Refund, Waits
from tests.storefronts.lemonsqueezy.told import (
    SHOP,
    read,
    recorded,
    renamed,
)


@pytest.mark.parametrize(
    ("refunded", "amount", "status", "whole"),
    [
        (True, 9900, "refunded", True),
        (True, None, "refunded", True),
        (True, 1, "paid", True),
        (None, 9900, "paid", True),
        (False, 9900, "partial_refund", True),
        (False, 9899, "paid", False),
    ],
)
def test_whole_refund_is_told_by_flag_or_amount_and_never_by_the_state(
    refunded: bool | None,  # noqa: FBT001 - as the shop tells it
    amount: int | None,
    status: str,
    whole: bool,  # noqa: FBT001 - as the shop tells it
) -> None:
    told = {"refunded": refunded, "refunded_amount": amount, "status": status}
    (refund,) = read(renamed(recorded("08"), "order_refunded", **told)).facts

    assert isinstance(refund, Refund)
    assert (refund.whole, refund.amount) == (whole, amount)


@pytest.mark.parametrize("told", [{"refunded_amount": 0}, {"refunded_amount": None}])
def test_refund_of_nothing_is_noted(told: dict[str, object]) -> None:
    reading = read(renamed(recorded("08"), "order_refunded", total=0, **told))

    assert (reading.facts, reading.ends) == ((), Waits(NotedReason.PARTIAL_REFUND))


def test_refund_without_its_own_time_has_that_of_the_change() -> None:
    (refund,) = read(renamed(recorded("07"), "order_refunded", refunded_at=None)).facts

    assert refund.at.isoformat() == "2025-11-09T16:20:00+00:00"


def test_refund_that_names_no_order_advises_an_act() -> None:
    body = json.loads(recorded("07").body)
    del body["data"]["id"]

    ends = read(replace(recorded("07"), body=json.dumps(body).encode())).ends
    assert isinstance(ends, FactInvalidError)
    assert "data.id must be a text" in ends.what


def test_second_refund_of_one_second_is_an_event_of_its_own() -> None:
    keys = {
        SHOP.name_request(renamed(recorded("08"), "order_refunded", refunded_amount=each)).event_key
        for each in (2000, 3000)
    }
    assert len(keys) == 2
