"""The ids that apps of other vendors compare."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from domain.catalog import Offer
from domain.dialect_ids import DialectIds, ids_of_license, ids_of_offer
from domain.license import License, Term
from domain.online_terms import KeygenIds, LemonSqueezyIds, OnlineTerms, PolarIds

PRO = DialectIds("mintpost", "editor", "pro")
ORGANIZATION = "3f1c1b0e-9f57-4a37-8f0a-0c2c5b0e7a11"
BENEFIT = "9d4f3a52-6d1b-4a58-b7a9-6f2f6f0f7c22"
LICENSE = License(
    id=7,
    key="MINT-0000",
    source="gumroad",
    order_id="order-1",
    product_id="editor",
    product_name="Editor",
    tier="pro",
    email="",
    name="",
    seats=1,
    test=False,
    issued_at=datetime(2026, 11, 1, tzinfo=UTC),
    expires_at=None,
)


def test_derived_ids_stay_for_ever() -> None:
    """Apps have them compiled in, so a change here locks buyers out."""
    assert PRO.lemonsqueezy == LemonSqueezyIds(740256635396617, 1511927846476606, 3913976251513298)
    assert PRO.polar == PolarIds(
        "ad57c8bd-e6bd-857c-8b05-0189c35abd11", "f3fd4fdd-46b6-83fa-b6c4-2c5854a5b7a9"
    )
    assert PRO.keygen == KeygenIds(
        "2fe2be80-9d17-85b4-88a5-ec6a1eb84226", "a4c89491-2101-8d40-94b3-675ae396d0f4"
    )


def test_ids_of_a_seller_are_the_same_for_all_products_and_tiers() -> None:
    other = DialectIds("mintpost", "fonts", "lite")
    assert other.lemonsqueezy.store == PRO.lemonsqueezy.store
    assert other.polar.organization == PRO.polar.organization
    assert other.keygen.account == PRO.keygen.account


def test_tiers_of_a_product_share_the_product_and_differ_in_variant_and_benefit() -> None:
    lite = replace(PRO, tier="lite")
    assert lite.lemonsqueezy.product == PRO.lemonsqueezy.product
    assert lite.lemonsqueezy.variant != PRO.lemonsqueezy.variant
    assert lite.polar.benefit != PRO.polar.benefit
    assert lite.keygen == PRO.keygen


@pytest.mark.parametrize("other", [replace(PRO, issuer="shop"), replace(PRO, product_id="fonts")])
def test_another_product_or_seller_has_other_ids(other: DialectIds) -> None:
    assert other.lemonsqueezy.product != PRO.lemonsqueezy.product
    assert other.lemonsqueezy.variant != PRO.lemonsqueezy.variant
    assert other.polar.benefit != PRO.polar.benefit
    assert other.keygen.product != PRO.keygen.product


def test_ids_of_the_entry_come_before_derived_ids() -> None:
    terms = OnlineTerms(
        lemonsqueezy=LemonSqueezyIds(1, 2, 3),
        polar=PolarIds(ORGANIZATION, BENEFIT),
        keygen=KeygenIds("lumen", BENEFIT),
    )
    ids = replace(PRO, terms=terms)
    assert ids.lemonsqueezy == LemonSqueezyIds(1, 2, 3)
    assert ids.polar == PolarIds(ORGANIZATION, BENEFIT)
    assert ids.keygen == KeygenIds("lumen", BENEFIT)


def test_an_organization_without_a_benefit_has_a_derived_benefit() -> None:
    ids = replace(PRO, terms=OnlineTerms(polar=PolarIds(ORGANIZATION)))
    assert ids.polar == PolarIds(ORGANIZATION, PRO.polar.benefit)


def test_a_license_has_the_ids_of_its_entry_and_keeps_them_when_the_entry_goes() -> None:
    offer = Offer("editor", "pro", Term(None))
    assert ids_of_license("mintpost", LICENSE, offer) == ids_of_offer("mintpost", offer) == PRO
    assert ids_of_license("mintpost", LICENSE, None) == PRO


def test_the_entry_of_an_alias_names_the_product_of_a_license() -> None:
    """`mintpost products ids` shows what the entry gives, so the license must answer the same."""
    by_permalink = Offer("editor-permalink", "pro", Term(None))
    ids = ids_of_license("mintpost", LICENSE, by_permalink)
    assert ids == ids_of_offer("mintpost", by_permalink)
