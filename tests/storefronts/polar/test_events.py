"""Polar's events by their names, of other organizations, and with odd contents."""

import json
from typing import Any

import pytest

from domain.errors import FactInvalidError
from domain.event import EventKind, IgnoredReason, NotedReason
from domain.facts import Ignored, Reading, Waits
from storefronts.polar.package import POLAR as POLAR_PACKAGE
from storefronts.polar.reading import SECOND_KEY
from storefronts.polar.storefront import Polar
from tests.storefronts.polar.recorded import (
    ORGANIZATION,
    POLAR,
    body,
    changed,
    other,
    read,
    request,
    with_data,
)
from tests.storefronts.test_packages import S

SANDBOXS = "0d3c7a52-6f7e-4b51-9a46-0f3b8e1d2c11"
IGNORED = (
    *("order.created", "order.updated"),
    *(f"subscription.{name}" for name in ("created", "active", "cycled", "past_due", "migrated")),
    *("checkout.created", "customer.state_changed", "customer_seat.claimed", "member.created"),
    *("product.updated", "benefit.created", "benefit_grant.cycled", "benefit_grant.created"),
    *("discount.deleted", "organization.updated"),
)


@pytest.mark.parametrize("name", IGNORED)
def test_an_event_that_is_not_needed_is_ignored_by_its_name(name: str) -> None:
    assert read(other(name)) == Reading(ends=Ignored(name))
    assert POLAR.name_request(request(other(name))).kind == EventKind.KNOWN


@pytest.mark.parametrize("name", ["order.shipped", "refund.deleted", "subscription.", "", "x"])
def test_an_event_with_a_name_in_no_table_is_unknown(name: str) -> None:
    assert read(other(name)) == Reading(ends=Waits(NotedReason.UNKNOWN_EVENT))
    assert POLAR.name_request(request(other(name))).kind == EventKind.UNKNOWN


@pytest.mark.parametrize("number", ["08", "11", "12"])
def test_a_change_that_names_nothing_ends_in_its_own_sentence(number: str) -> None:
    ends = read(with_data(number, id=None)).ends
    assert isinstance(ends, FactInvalidError)


def test_a_license_key_of_polars_own_is_warned_of() -> None:
    granted = other("benefit_grant.created", properties={"license_key_id": "0d3c"})
    assert read(granted) == Reading(ends=Ignored("benefit_grant.created"), note=SECOND_KEY)
    for properties in ({}, {"license_key_id": None}, [1], None, {"license_key_id": 1}):
        quiet = other("benefit_grant.created", properties=properties)
        assert read(quiet) == Reading(ends=Ignored("benefit_grant.created"))


@pytest.mark.parametrize("place", [(), ("customer",), ("product",)])
def test_an_event_of_another_organization_is_refused_wherever_it_is_named(
    place: tuple[str, ...],
) -> None:
    def name_another(document: dict[str, Any]) -> None:
        owner = document["data"]
        for name in place:
            owner = owner[name]
        owner["organization_id"] = "another"

    ours = Polar(ours=[ORGANIZATION, SANDBOXS])
    refused = Reading(ends=Ignored(IgnoredReason.FOREIGN_ACCOUNT))
    for number in ("01", "02", "08", "12"):
        content = changed(body(number), name_another)
        assert ours.read(request(content)) == refused
        assert ours.read(request(body(number))) == read(body(number))
        assert read(content) == read(body(number))
    assert ours.read(request(other("order.shipped", organization_id="another"))) == refused
    unknown = Reading(ends=Waits(NotedReason.UNKNOWN_EVENT))
    assert ours.read(request(other("order.shipped", organization_id=SANDBOXS))) == unknown


def test_an_organization_of_another_type_is_no_organization() -> None:
    ours = Polar(ours=[ORGANIZATION, SANDBOXS])
    for data in ({"organization_id": 17}, {"customer": "x"}, {"product": [1]}):
        known = Reading(ends=Ignored("customer.updated"))
        assert ours.read(request(other("customer.updated", **data))) == known


@pytest.mark.parametrize("data", [None, [1], "x", 10**400])
def test_an_event_without_its_object_tells_nothing(data: object) -> None:
    for name in ("order.paid", "order.refunded", "refund.created", "subscription.updated"):
        content = json.dumps({"type": name, "timestamp": "2025-11-09T16:20:00Z", "data": data})
        assert read(content.encode()).facts == ()


@pytest.mark.parametrize("version", ["2026-04", "2027-01", None, 17])
def test_the_version_of_the_body_does_not_matter(version: object) -> None:
    content = changed(body("01"), lambda found: found.update(api_version=version))
    assert read(content) == read(body("01"))


def test_the_setting_may_name_the_sandboxs_organization_too() -> None:
    def load(kind: type[S]) -> S:
        return kind.model_validate({"polar_organization_id": f"{ORGANIZATION}, {SANDBOXS}"})

    opened = POLAR_PACKAGE.open_for_worker(load)
    name, foreign = "customer.created", IgnoredReason.FOREIGN_ACCOUNT
    for organization, why in ((ORGANIZATION, name), (SANDBOXS, name), ("another", foreign)):
        reading = opened.read(request(other(name, organization_id=organization)))
        assert reading == Reading(ends=Ignored(why))
