"""The meaning of a correct file."""

import hashlib
from pathlib import Path

import pytest

from catalog.file import ProductsFile, parse_products
from catalog.models import KEYS
from domain.catalog import Catalog, Offer
from domain.license import Term
from domain.sale import Product

FILE = Path("products.yaml")
EXAMPLE = Path(__file__).parents[2] / FILE
SOURCES = ("gumroad", "paddle")


def read(text: str) -> Catalog:
    return parse_products(FILE, text.encode(), SOURCES)


def only_offer(*lines: str) -> Offer:
    text = "\n".join(["gumroad:", "- product_id: a", "  tier: lite", *lines])
    return read(text).offers["gumroad"][0]


def test_an_entry_needs_an_id_and_a_tier_only() -> None:
    assert only_offer() == Offer("a", "lite", Term(None), seats=1)


@pytest.mark.parametrize(
    ("line", "months"),
    [
        ("  years: 2", 24),
        ("  months: 6", 6),
        ("  years: 100", 1200),
        ("  months: 1200", 1200),
        ("  years: null", None),
        ("  months:", None),
        ("  years: ~\n  months: 6", 6),
    ],
)
def test_the_term_is_years_or_months_or_for_ever(line: str, months: int | None) -> None:
    assert only_offer(line).term == Term(months)


def test_every_option_reaches_the_offer() -> None:
    offer = only_offer(
        "  name: Lumen Editor ✓",
        "  seats: 5",
        "  activate: https://lumen.example.com",
        "  variant: {Tier: Pro, 版本: 專業版 👩‍💻}",
    )

    assert offer == Offer(
        "a",
        "lite",
        Term(None),
        name="Lumen Editor ✓",
        seats=5,
        activate="https://lumen.example.com",
        variant=(("Tier", "Pro"), ("版本", "專業版 👩‍💻")),
    )


def test_a_text_for_the_mail_may_have_several_lines() -> None:
    assert only_offer("  activate: |", "    One.", "    Two.", "").activate == "One.\nTwo."


def test_quoted_text_stays_text() -> None:
    offer = only_offer('  variant: {Sync: "on", "2": "1.0"}')

    assert offer.variant == (("Sync", "on"), ("2", "1.0"))


def test_an_option_of_a_group_without_a_title_can_be_named() -> None:
    assert only_offer('  variant: {"": Pro}').variant == (("", "Pro"),)


def test_an_entry_can_say_that_there_is_no_license() -> None:
    (offer,) = read("gumroad: [{product_id: a, license: none}]").offers["gumroad"]

    assert offer == Offer("a", "", Term(None), licensed=False)


def test_one_option_can_say_that_there_is_no_license() -> None:
    lines = ("- product_id: a", "  variant: {Format: Book}", "  name: A Book", "  license: none")
    offers = read("\n".join(["gumroad:", "- product_id: a", "  tier: lite", *lines]))

    def licensed(option: str) -> bool:
        return offers.find("gumroad", Product("a", "A", variants=(("Format", option),))).licensed

    assert (licensed("Book"), licensed("Program")) == (False, True)


def test_storefronts_are_siblings_and_a_list_may_be_empty() -> None:
    catalog = read("paddle: [{product_id: a, tier: b}]\ngumroad: []")

    assert [offer.tier for offer in catalog.offers["paddle"]] == ["b"]
    assert catalog.offers["gumroad"] == ()


def test_an_anchor_alone_does_no_harm() -> None:
    assert only_offer("  name: &name Lumen").name == "Lumen"


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm() -> None:
    content = "\ufeffgumroad:\r\n- product_id: a\r\n  tier: lite\r\n".encode()

    assert parse_products(FILE, content, SOURCES).offers["gumroad"][0].tier == "lite"


def test_the_catalog_knows_the_file_it_came_from() -> None:
    text = "gumroad: []"

    assert read(text).sha256 == hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    ("product", "tier", "term"),
    [
        (Product("datatools-lite", ""), "lite", "1 year"),
        (Product("fEv7TDvUDEKb-yaNdbudow==", ""), "core", "1 year"),
        (
            Product("fEv7TDvUDEKb-yaNdbudow==", "", variants=(("Edition", "Pro"),)),
            "pro",
            "for ever",
        ),
        (
            Product("sDOLRWAJ9iPxvwmpujenuA==", "", variants=(("Tier", "Studio"),)),
            "studio",
            "1 month",
        ),
    ],
)
def test_the_example_maps_its_products(product: Product, tier: str, term: str) -> None:
    offer = ProductsFile(EXAMPLE, ("gumroad",)).current().find("gumroad", product)

    assert (offer.tier, str(offer.term)) == (tier, term)


@pytest.mark.parametrize("key", KEYS)
def test_the_example_shows_every_option(key: str) -> None:
    assert f"{key}: " in EXAMPLE.read_text()


@pytest.mark.parametrize("key", KEYS)
def test_the_page_for_operators_explains_every_option(key: str) -> None:
    page = EXAMPLE.with_name("docs") / "operate.md"
    _, _, section = page.read_text().partition("\n## Products\n")
    rows = [line for line in section.partition("\n## ")[0].splitlines() if line.startswith("| `")]

    assert [row for row in rows if f"`{key}" in row.split("|")[1]]
