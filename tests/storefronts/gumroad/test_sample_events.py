"""Made-up pings have the fields of the recorded ones, and the ids of their order."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import pytest

from storefronts.body import FORM
from storefronts.gumroad.sample import GumroadSample
from storefronts.sample import FollowUp, PaidOrder, SamplePlan, SampleSale
from storefronts.sample_events import SampleEvent
from tests.support.pings import recorded

SHOP = GumroadSample("secret")
SOLD_AT = datetime(2026, 6, 1, 9, tzinfo=UTC)
FIRST, SECOND = "FIqZ5PcKpcQCIOGQlN0qgQ==", "HAzOxDfnSX0Gdw-zuXiDmg=="
SALE = SampleSale("order", "product", "Lumen", "ada@example.com", "Ada", SOLD_AT, quantity=3)
MEMBER = replace(SALE, subscription_id="membership", months=1)
OF_BUYER = {"variants", "custom_fields", "GitHub user", "is_multiseat_license"}
"""The fields of some products alone."""


def told(body: bytes, **changes: object) -> FollowUp:
    values: dict[str, object] = {
        "content_type": FORM,
        "body": body,
        "paid": (PaidOrder(FIRST, SOLD_AT), PaidOrder(SECOND, SOLD_AT + timedelta(days=30))),
        "plan": SamplePlan((("Tier", "Studio"),), 1),
        "at": SOLD_AT + timedelta(days=31),
        "new_order_id": "new",
    }
    return FollowUp(**{**values, **changes})  # type: ignore[arg-type]


def fields(body: bytes) -> dict[str, list[str]]:
    return parse_qs(body.decode(), keep_blank_values=True)


def first(name: SampleEvent, sale: SampleSale) -> dict[str, list[str]]:
    return fields(SHOP.event(name, sale).body)


def after(name: SampleEvent, body: bytes, **changes: object) -> dict[str, list[str]]:
    return fields(SHOP.follow_up(name, told(body, **changes)).body)


MEMBERSHIP = recorded("05")


@pytest.mark.parametrize(
    ("name", "number", "sale"),
    [
        (SampleEvent.SALE, "01", SALE),
        (SampleEvent.MEMBERSHIP, "05", MEMBER),
        (SampleEvent.GIFT, "07", SALE),
        (SampleEvent.TEST_PING, "23", SALE),
    ],
)
def test_a_first_event_has_the_fields_of_the_recorded_one(
    name: SampleEvent, number: str, sale: SampleSale
) -> None:
    theirs = {key for key in fields(recorded(number)) if key.partition("[")[0] not in OF_BUYER}
    extra = {"purchaser_id"} if name == SampleEvent.GIFT else set()

    assert first(name, sale).keys() == theirs | extra


def test_a_gift_is_free_for_its_receiver() -> None:
    made = first(SampleEvent.GIFT, SALE)
    assert (made["price"], made["gift_price"]) == (["0"], ["8700"])


@pytest.mark.parametrize(
    ("name", "number"),
    [
        (SampleEvent.REFUND, "12"),
        (SampleEvent.PARTIAL_REFUND, "13"),
        (SampleEvent.DISPUTE, "14"),
    ],
)
def test_an_event_of_an_order_repeats_its_body_but_for_the_flags(
    name: SampleEvent, number: str
) -> None:
    order, told_apart = fields(recorded("33")), fields(recorded(number))
    flags = ("refunded", "disputed", "dispute_won", "resource_name")
    del order["retry_count"]

    assert after(name, recorded("33")) == {**order, **{flag: told_apart[flag] for flag in flags}}


def test_a_renewal_is_a_new_sale_of_the_same_membership() -> None:
    made, theirs = after(SampleEvent.RENEWAL, MEMBERSHIP), fields(recorded("06"))

    assert made["sale_id"] == ["new"]
    assert made["sale_timestamp"] == ["2026-07-02T09:00:00Z"]
    assert made["order_number"] != fields(MEMBERSHIP)["order_number"]
    new = {"sale_id", "sale_timestamp", "order_number", "email", "GitHub user"}
    assert {key: made[key] for key in theirs.keys() - new} == {
        key: theirs[key] for key in theirs.keys() - new
    }


def test_a_cancellation_is_the_recorded_one_but_for_its_time() -> None:
    made = after(SampleEvent.CANCELLATION, MEMBERSHIP)

    # The recorded one ended at the end of a period of a month of 31 days.
    assert made.pop("cancelled_at") == ["2026-08-01T09:00:00Z"]
    theirs = fields(recorded("16"))
    del theirs["cancelled_at"]
    assert made == theirs


@pytest.mark.parametrize(
    ("name", "own"),
    [
        (
            SampleEvent.PAYMENT_FAILED,
            {"cancelled_at": "2026-07-02T09:00:00Z", "cancelled_due_to_payment_failures": "true"},
        ),
        (
            SampleEvent.ENDED,
            {"ended_at": "2026-07-02T09:00:00Z", "ended_reason": "cancelled"},
        ),
        (SampleEvent.PAID_IN_FULL, {"ended_reason": "fixed_subscription_period_ended"}),
        (SampleEvent.RESTARTED, {"restarted_at": "2026-07-02T09:00:00Z"}),
        (SampleEvent.UPGRADE, {"type": "upgrade", "effective_as_of": "2026-07-02T09:00:00Z"}),
        (SampleEvent.DOWNGRADE, {"type": "downgrade", "effective_as_of": "2026-08-01T09:00:00Z"}),
    ],
)
def test_an_event_of_a_membership_tells_its_moment_and_reason(
    name: SampleEvent, own: dict[str, str]
) -> None:
    made = after(name, MEMBERSHIP)
    assert {key: made[key] for key in own} == {key: [text] for key, text in own.items()}
    assert made["purchase_ids[]"] == [FIRST, SECOND]


@pytest.mark.parametrize(
    ("name", "new_price"), [(SampleEvent.UPGRADE, "9000"), (SampleEvent.DOWNGRADE, "2250")]
)
def test_a_changed_plan_names_tier_and_quantity_before_and_after(
    name: SampleEvent, new_price: str
) -> None:
    made = after(name, MEMBERSHIP, variants=(("Tier", "Team"),), quantity=3)

    for plan, tier, quantity, price in (
        ("old_plan", "Studio", "1", "1500"),
        ("new_plan", "Team", "3", new_price),
    ):
        assert made[f"{plan}[tier][name]"] == [tier]
        assert made[f"{plan}[quantity]"] == [quantity]
        assert made[f"{plan}[price_cents]"] == [price]
        assert made[f"{plan}[recurrence]"] == ["monthly"]


def test_a_changed_plan_is_the_plan_of_later_events() -> None:
    plan = SamplePlan((("Tier", "Team"),), 2)
    renewed = after(SampleEvent.RENEWAL, MEMBERSHIP, plan=plan)
    paid = {key: renewed[key] for key in ("variants[Tier]", "quantity", "price")}
    assert paid == {"variants[Tier]": ["Team"], "quantity": ["2"], "price": ["3000"]}
    changed = after(SampleEvent.QUANTITY, MEMBERSHIP, plan=plan, quantity=1)
    assert changed["old_plan[tier][name]"] == changed["new_plan[tier][name]"] == ["Team"]
    assert (changed["type"], changed["old_plan[quantity]"]) == (["downgrade"], ["2"])
    assert after(SampleEvent.REFUND, MEMBERSHIP, plan=plan)["variants[Tier]"] == ["Studio"]


def test_a_person_may_change_the_words_of_an_event() -> None:
    made = after(SampleEvent.RENEWAL, MEMBERSHIP, product_id="other", email="new@example.com")
    assert (made["product_id"], made["email"]) == (["other"], ["new@example.com"])
    ended = after(SampleEvent.ENDED, MEMBERSHIP, email="new@example.com")
    assert ended["user_email"] == ["new@example.com"]


def test_an_event_of_a_test_order_is_a_test() -> None:
    for order, mark in ((recorded("22"), ["true"]), (recorded("01"), None)):
        assert after(SampleEvent.REFUND, order).get("test") == mark
    of_test = SHOP.event(SampleEvent.MEMBERSHIP, replace(MEMBER, test=True)).body
    assert after(SampleEvent.ENDED, of_test)["test"] == ["true"]
    assert "test" not in after(SampleEvent.ENDED, MEMBERSHIP)
