"""The sentences for mistakes around `license: none` and the titles of options."""

from pathlib import Path

import pytest

from catalog.file import ProductsFileError, parse_products


def entry(*lines: str) -> str:
    return after_entry(*(f"    {line}" for line in lines))


def after_entry(*lines: str) -> str:
    return "\n".join(["gumroad:", "  - product_id: a", "    tier: lite", *lines])


BAD = (
    (
        entry("license: none", "years: 1", "months: 2", "seats: 1", "activate: now"),
        "3: tier stands beside license: write only one of them",
        "5: years stands beside license: write only one of them",
        "6: months stands beside license: write only one of them",
        "7: seats stands beside license: write only one of them",
        "8: activate stands beside license: write only one of them",
    ),
    (
        "gumroad:\n  - product_id: a\n    license: some",
        "3: license can only be none: leave it out for a license",
    ),
    ("gumroad:\n  - product_id: a\n    license:", "3: license is empty"),
    ("gumroad:\n  - product_id: a\n    license: null", "3: license is empty"),
    (
        "gumroad:\n  - product_id: a\n    license: no",
        "3: license can only be none: leave it out for a license",
    ),
    ("gumroad:\n  - license: none", "2: product_id is missing"),
    (
        "gumroad:\n  - product_id: a\n    license: none\n    licence: none",
        '4: unknown key "licence": did you mean "license"?',
    ),
    (
        after_entry("  - product_id: a", "    license: none"),
        '4: duplicate entry: line 2 has product "a" with the same variant already',
    ),
    (entry("variant:", "  ?", "  : Pro"), "5: a key must be plain text"),
    (entry('"variant": {a: {"": Pro}}'), "4: a key must be plain text"),
    (
        entry('variant: {"": Pro, "\u200b": Home}'),
        "4: variant names one category twice: write it once",
    ),
    (
        after_entry(
            "    variant: {Pro Édition: Ada's}",
            "  - product_id: a",
            "    tier: pro",
            "    variant: {Pro\u00a0E\u0301dition: Ada\u2019s}",
        ),
        '5: duplicate entry: line 2 has product "a" with the same variant already',
    ),
)


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad[1])
def test_a_mistake_is_told_with_file_and_line(bad: tuple[str, ...]) -> None:
    text, *problems = bad

    with pytest.raises(ProductsFileError) as raised:
        parse_products(Path("products.yaml"), text.encode(), ("gumroad",))

    assert raised.value.problems == tuple(f"products.yaml:{problem}" for problem in problems)
