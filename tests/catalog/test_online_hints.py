"""The advice about ids of dialects that may not be as the seller means them."""

from pathlib import Path

import pytest

from catalog.file import parse_products
from catalog.hints import FORGOTTEN, SHARED, find_hints

ONE = "3f1c1b0e-9f57-4a37-8f0a-0c2c5b0e7a11"
TWO = "9d4f3a52-6d1b-4a58-b7a9-6f2f6f0f7c22"
LEMON = "lemonsqueezy: {store: 1, product: 2, variant: 3}"
POLAR = f"polar: {{organization: {ONE}, benefit: {TWO}}}"
KEYGEN = f"keygen: {{account: lumen, product: {ONE}}}"


def entry(product: str, tier: str, *dialects: str) -> str:
    return (
        f"  - {{product_id: {product}, tier: {tier}, activate: now, variant: {{Tier: {tier}}},"
        f" dialects: {{{', '.join(dialects)}}}}}"
    )


def hints(*entries: str) -> list[tuple[int, str]]:
    """Read entries, the first of them in line 2."""
    content = "\n".join(["gumroad:", *entries]).encode()
    found = find_hints(parse_products(Path("products.yaml"), content, ("gumroad",)))
    return [(hint.line, hint.sentence) for hint in found]


@pytest.mark.parametrize("dialect", [LEMON, POLAR, KEYGEN], ids=["lemonsqueezy", "polar", "keygen"])
def test_an_entry_that_lacks_the_ids_of_its_product_is_told(dialect: str) -> None:
    told = FORGOTTEN.format(dialect=dialect.partition(":")[0], line=3)
    assert hints(
        entry("editor", "lite"), entry("editor", "pro", dialect), entry("fonts", "lite")
    ) == [(2, told)]


@pytest.mark.parametrize(
    ("dialect", "name"),
    [(LEMON, "lemonsqueezy.variant"), (POLAR, "polar.benefit"), (KEYGEN, "keygen.product")],
    ids=["lemonsqueezy", "polar", "keygen"],
)
def test_two_products_with_the_same_id_are_told(dialect: str, name: str) -> None:
    told = SHARED.format(name=name, line=2)
    assert hints(entry("editor", "lite", dialect), entry("fonts", "lite", dialect)) == [(3, told)]


def test_entries_of_one_product_may_share_their_ids() -> None:
    ids = (LEMON, POLAR, KEYGEN)
    assert hints(entry("editor", "lite", *ids), entry("editor", "pro", *ids)) == []


def test_products_of_one_store_organization_or_account_differ() -> None:
    other = (
        "lemonsqueezy: {store: 1, product: 2, variant: 4}",
        f"polar: {{organization: {ONE}, benefit: {ONE}}}",
        f"keygen: {{account: lumen, product: {TWO}}}",
    )
    assert hints(entry("editor", "lite", LEMON, POLAR, KEYGEN), entry("fonts", "a", *other)) == []


def test_an_organization_without_a_benefit_is_no_shared_id() -> None:
    polar = f"polar: {{organization: {ONE}}}"
    assert hints(entry("editor", "lite", polar), entry("fonts", "lite", polar)) == []


def test_an_entry_without_a_license_needs_no_ids() -> None:
    none = "  - {product_id: editor, license: none}"
    assert hints(none, entry("editor", "pro", LEMON)) == []
