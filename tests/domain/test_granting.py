"""Terms of licenses that a person gives: the mapping's, unless the person says otherwise."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from domain.catalog import Catalog, Offer
from domain.granting import Granting, GrantRefusedError, grant_of
from domain.grants import Grant
from domain.license import Term
from domain.sale import Product
from domain.wanted import OrderName, Wanted, license_order

NOW = datetime(2026, 11, 28, 10, tzinfo=UTC)
PRO = (("Edition", "Pro"),)
CATALOG = Catalog(
    {
        "gumroad": (
            Offer("lumen", "core", Term(12), name="Lumen", seats=2),
            Offer("lumen", "pro", Term(None), name="Lumen Pro", variant=PRO),
            Offer("book", "", Term(None), licensed=False),
        ),
        "polar": (Offer("lumen", "polar", Term(1)),),
    },
    sha256="0" * 64,
)
GRANTING = Granting(CATALOG, "gumroad", "operator", "press", mail=True, now=NOW)
WANTED = Wanted("ada@example.com", "Ada", product=Product("lumen", "lumen"), reference="ref-1")


def grant(wanted: Wanted = WANTED) -> Grant:
    return grant_of(wanted, wanted.identity or wanted.content, GRANTING)


def test_mapping_decides_tier_term_and_seats() -> None:
    decision = grant(replace(WANTED, quantity=3)).decision
    assert (decision.tier, decision.months, decision.seats, decision.quantity) == ("core", 12, 2, 3)
    assert (decision.product_name, decision.mapped_under) == ("Lumen", "gumroad")


def test_person_decides_otherwise() -> None:
    until = datetime(2027, 1, 2, 3, tzinfo=UTC)
    decision = grant(replace(WANTED, tier="press", seats=7, quantity=3, until=until)).decision
    assert (decision.tier, decision.seats, decision.quantity) == ("press", 7, 1)
    assert (decision.months, str(decision.ends_at)) == (None, "2027-01-02 23:59:59+00:00")


@pytest.mark.parametrize("months", [None, 6])
def test_term_of_a_person_counts(months: int | None) -> None:
    assert grant(replace(WANTED, term=Term(months))).decision.months == months


def test_option_without_category_finds_its_entry() -> None:
    found = grant(replace(WANTED, options=("pro ", "Pro")))
    assert (found.decision.tier, found.product.variants[-1]) == ("pro", PRO[0])


def test_option_that_no_entry_names_leaves_a_note() -> None:
    found = grant(replace(WANTED, options=("Studio",)))
    assert found.decision.tier == "core"
    assert "no entry of products.yaml names what was chosen" in str(found.note)


def test_named_storefront_decides_before_the_usual_one() -> None:
    assert grant(replace(WANTED, source="polar")).decision.tier == "polar"
    assert grant(replace(WANTED, source="stripe")).decision.tier == "core"


def test_tier_alone_takes_its_only_product() -> None:
    found = grant(replace(WANTED, product=None, tier="core"))
    assert (found.product, found.decision.months) == (Product("lumen", "Lumen"), None)


def test_tier_without_an_entry_is_its_own_product() -> None:
    found = grant(replace(WANTED, product=None, tier="press"))
    assert (found.product, found.decision.tier) == (Product("press", "press"), "press")


def test_tier_of_an_unmapped_product_is_taken() -> None:
    found = grant(replace(WANTED, product=Product("new", "New"), tier="press"))
    assert (found.product.name, found.decision.tier) == ("New", "press")


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        (replace(WANTED, product=None), "names neither a product nor a tier"),
        (replace(WANTED, product=Product("new", "New")), 'unmapped product "new": add it under'),
        (replace(WANTED, product=Product("book", "Book")), "gives its product no license"),
        (replace(WANTED, tier="x" * 51), "its tier must be 1 to 50"),
        (replace(WANTED, until=datetime(2020, 1, 1, tzinfo=UTC)), "it ends before it begins"),
    ],
)
def test_refusal_says_what_to_do(wanted: Wanted, why: str) -> None:
    with pytest.raises(GrantRefusedError, match=why):
        grant(wanted)


@pytest.mark.parametrize(
    ("wanted", "source", "order_id"),
    [
        (WANTED, "operator", "ref-1"),
        (replace(WANTED, order=OrderName("gumroad", "o-1")), "gumroad", "o-1"),
        (replace(WANTED, reference="a:b"), "operator", "grant-"),
        (replace(WANTED, reference="x" * 201), "operator", "grant-"),
        (replace(WANTED, reference=None, key="AB-12"), "operator", "grant-"),
    ],
)
def test_license_has_an_order_by_which_it_is_found(
    wanted: Wanted, source: str, order_id: str
) -> None:
    order = license_order(wanted, wanted.identity or "")
    assert order.source == source
    assert order.order_id.startswith(order_id)


def test_identity_is_the_reference_then_the_order() -> None:
    ordered = replace(WANTED, reference=None, order=OrderName("x", "o"))
    assert WANTED.identity == "reference:ref-1"
    assert ordered.identity == "order:x:o:1"
    assert replace(ordered, order=None).identity is None
    assert len(str(replace(WANTED, reference="x" * 500).identity)) <= 200


def test_wishes_that_differ_in_a_word_have_another_content() -> None:
    assert WANTED.content == replace(WANTED).content
    assert WANTED.content != replace(WANTED, name="Bo").content


def test_activation_is_that_of_the_entry_that_decided() -> None:
    assert grant().decision.mapped_under == "gumroad"
    assert grant(replace(WANTED, product=None, tier="core")).decision.mapped_under == "gumroad"
    assert grant(replace(WANTED, product=None, tier="press")).decision.mapped_under is None
