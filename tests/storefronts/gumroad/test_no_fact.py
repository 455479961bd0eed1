"""Pings that should change a license, and tell of none."""

from collections.abc import Callable, Mapping

import pytest

from domain.errors import FactInvalidError
from domain.event import IgnoredReason, NotedReason
from domain.facts import Dispute, Fact, Ignored, Reading, Refund, Waits
from storefronts.base import StoredRequest
from storefronts.gumroad.storefront import Gumroad

FormWith = Callable[[str, Mapping[str, str | None]], StoredRequest]
SaleWith = Callable[[Mapping[str, str | None]], StoredRequest]
Changes = dict[str, str | None]

SALE_ID = "sale_id must be 1 to 200 printable characters without a colon"
MEMBER_ID = "subscription_id must be 1 to 200 printable characters"
OWN = "a custom field of the product is named {} and overwrites Gumroad's own"


@pytest.mark.parametrize(
    ("form", "changes", "what"),
    [
        ("12_refund_full.form", {"sale_id": None}, SALE_ID),
        ("14_dispute.form", {"sale_id": "a:b"}, SALE_ID),
        ("15_dispute_won.form", {"custom_fields[sale_id]": "a"}, OWN.format("sale_id")),
        ("12_refund_full.form", {"refunded": "maybe"}, 'refunded must be "true" or "false"'),
        ("12_refund_full.form", {"custom_fields[refunded]": "false"}, OWN.format("refunded")),
        ("16_cancellation_by_buyer.form", {"subscription_id": None}, MEMBER_ID),
        ("19_subscription_ended.form", {"subscription_id": "a\nb"}, MEMBER_ID),
        ("20_subscription_restarted.form", {"subscription_id": "\udcff"}, MEMBER_ID),
        (
            "21_subscription_updated.form",
            {"new_plan[tier][name]": None, "new_plan[quantity]": "many"},
            "new_plan must have the name of a tier, or a quantity",
        ),
    ],
)
def test_ping_without_a_usable_fact_ends_in_a_sentence_that_names_the_field(
    form: str, changes: Changes, what: str, gumroad: Gumroad, form_with: FormWith
) -> None:
    reading = gumroad.read(form_with(form, changes))

    assert reading.facts == ()
    assert isinstance(reading.ends, FactInvalidError)
    assert reading.ends.what.startswith(what)
    assert reading.ends.sentence.startswith("this event tells of no order and no subscription: ")


def test_refund_that_cannot_be_read_tells_its_dispute_nonetheless(
    gumroad: Gumroad, form_with: FormWith
) -> None:
    odd = form_with("12_refund_full.form", {"refunded": "maybe", "disputed": "true"})

    assert [type(fact) for fact in gumroad.read(odd).facts] == [Dispute]


@pytest.mark.parametrize("resource", ["payout", "ada@x.org", "a" * 61, "\udcff"])
@pytest.mark.parametrize(
    ("flags", "told"),
    [
        ({}, []),
        ({"refunded": "true"}, [Refund]),
        ({"disputed": "true"}, [Dispute]),
        ({"sale_id": None, "refunded": "true"}, []),
    ],
)
def test_unknown_ping_waits_for_a_version_that_knows_it_and_tells_its_flags(
    resource: str, flags: Changes, told: list[type[Fact]], gumroad: Gumroad, sale_with: SaleWith
) -> None:
    reading = gumroad.read(sale_with({**flags, "resource_name": resource}))

    assert reading.ends == Waits(NotedReason.UNKNOWN_EVENT)
    assert [type(fact) for fact in reading.facts] == told


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"resource_name": "refund", "refunded": "true"},
        {"resource_name": "dispute", "disputed": "true"},
        {"resource_name": "payout", "refunded": "true"},
        {"is_recurring_charge": "perhaps", "refunded": "true"},
        {"resource_name": None, "test": "true", "disputed": "true"},
    ],
)
def test_another_sellers_ping_touches_nothing(changes: Changes, sale_with: SaleWith) -> None:
    reading = Gumroad((), "another==").read(sale_with(changes))

    assert reading == Reading(ends=Ignored(IgnoredReason.FOREIGN_SELLER))
