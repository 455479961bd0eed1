"""The operator's sentence for each mistake in products.yaml, word for word."""

from pathlib import Path
from textwrap import dedent

import pytest

from catalog.file import LARGEST, ProductsFileError, parse_products
from catalog.models import KEYS

FILE = Path("products.yaml")
SOURCES = ("gumroad",)

Bad = tuple[str, ...]
"""A file, and each of its problems."""


def entry(*lines: str) -> str:
    """Return a correct file with one entry, plus these lines, the first as line 4."""
    return after_entry(*(f"    {line}" for line in lines))


def after_entry(*lines: str) -> str:
    return "\n".join(["gumroad:", "  - product_id: a", "    tier: lite", *lines])


def tiered(tier: str) -> str:
    return f"gumroad:\n  - product_id: a\n    tier: {tier}"


A_WHOLE_NUMBER = "4: years must be a whole number from 1 to 100, not"
A_KEY_RULE = "breaks a rule: 200 characters at most, no blanks at its ends, no control characters"

YAML: tuple[Bad, ...] = (
    ("gumroad:\n\t- product_id: a", "2: a tab: write spaces instead"),
    (tiered("\tlite"), "3: a tab: write spaces instead"),
    (
        entry("name: Lumen: Editor"),
        "4: a colon where none can be: check the indentation, or quote the text",
    ),
    (entry("years 1", "seats: 2"), "4: a line without its colon: write key: value"),
    (after_entry("   years: 1"), "4: the indentation does not fit the lines above"),
    (entry('name: "Lumen', "years: 1"), "4: a quote that is not closed"),
    (entry("variant: {Tier: Pro", "years: 1"), "4: a bracket or a brace that is not closed"),
    ("gumroad: [", "1: the file ends in the middle of something"),
    (tiered("@lite"), "3: a character that cannot start a text: quote the text"),
    (entry(r'activate: "C:\digits"'), "4: this is not YAML: found unknown escape character 'd'"),
    (tiered(r'"\UFFFFFFFF"'), "3: this is not YAML: a number in it is too large"),
    (tiered(r'"\U00110000"'), "3: this is not YAML: a number in it is too large"),
    (after_entry("---", "gumroad: []"), "4: a second YAML document: there may be only one"),
    (entry("name: a\bb"), "4: control character U+0008: remove it"),
    ("gumroad: " + "[" * 500_000, "1: this is not YAML: nested too deeply"),
    (
        after_entry("    name: &name Lumen", "  - product_id: b", "    tier: *name"),
        '6: alias "*name": write it out, or quote it',
    ),
    ("gumroad: &all\n  - *all", '2: alias "*all": write it out, or quote it'),
    ("*all", '1: alias "*all": write it out, or quote it'),
    ("gumroad: *all", '1: alias "*all": write it out, or quote it'),
    (
        "gumroad:\n  - &base {product_id: a, tier: lite}\n  - {<<: *base, product_id: b, tier: c}",
        "3: merge key <<: write the entry out instead",
    ),
    (
        after_entry("    tier: pro", "gumroad: []"),
        '4: duplicate key "tier": line 3 has it already',
        '5: duplicate key "gumroad": line 1 has it already',
    ),
    (
        entry("[a]: b", "{a: b}: c", "? *x", ": d", '"": e'),
        *tuple(f"{line}: a key must be plain text" for line in (4, 5, 6, 8)),
    ),
)

SHAPE: tuple[Bad, ...] = (
    ("", '1: the file is empty: start it with a storefront, "gumroad:"'),
    ("# nothing yet\n", '1: the file is empty: start it with a storefront, "gumroad:"'),
    ("- product_id: a", '1: the file is a list: start it with a storefront, "gumroad:"'),
    ("hello", '1: the file is "hello": start it with a storefront, "gumroad:"'),
    ("\ngumraod: []", '2: unknown storefront "gumraod": did you mean "gumroad"?'),
    ("paddle: []", '1: unknown storefront "paddle": it can be gumroad'),
    ("gumroad:", '1: gumroad must be a list of "- product_id: …", not empty'),
    (
        "gumroad:\n  product_id: a\n  tier: lite",
        '1: gumroad must be a list of "- product_id: …", not a mapping',
    ),
    (
        "gumroad:\n  - a\n  - 1\n  -\n  - []",
        '2: an entry must have keys, product_id first, but is "a"',
        "3: an entry must have keys, product_id first, but is 1",
        "4: an entry must have keys, product_id first, but is empty",
        "5: an entry must have keys, product_id first, but is a list",
    ),
    ("gumroad:\n  - {}", "2: product_id is missing", "2: tier is missing"),
    (
        "gumroad:\n  - product_id: a\n    tierr: lite",
        "2: tier is missing",
        '3: unknown key "tierr": did you mean "tier"?',
    ),
    (entry("price: 5"), f'4: unknown key "price": it can be {", ".join(KEYS)}'),
    (
        after_entry("  - product_id: b", "    tier: c", "  - product_id: a", "    tier: pro"),
        '6: duplicate entry: line 2 has product "a" with the same variant already',
    ),
    (
        after_entry(
            "    variant: {Edition: Pro}",
            "  - product_id: a",
            "    tier: mac",
            "    variant: {System: macOS}",
        ),
        (
            '5: this entry and line 2 can both be meant by one purchase of product "a"'
            ": add an entry that names the variants of both"
        ),
    ),
)

VALUES: tuple[Bad, ...] = (
    (entry("years: one"), f'{A_WHOLE_NUMBER} "one"'),
    (entry('years: "1"'), f'{A_WHOLE_NUMBER} "1"'),
    (entry("years: true"), f"{A_WHOLE_NUMBER} true"),
    (entry("years: 0"), f"{A_WHOLE_NUMBER} 0"),
    (entry("years: -1"), f"{A_WHOLE_NUMBER} -1"),
    (entry("years: 1000000000"), f"{A_WHOLE_NUMBER} 1000000000"),
    (entry("years: 101"), f"{A_WHOLE_NUMBER} 101"),
    (entry(f"years: {'9' * 5000}"), f"{A_WHOLE_NUMBER} {'9' * 40}…"),
    (entry("years: 1.5"), f"{A_WHOLE_NUMBER} 1.5"),
    (entry("years: 010"), f"{A_WHOLE_NUMBER} 010"),
    (entry("years: 2026-13-45"), f"{A_WHOLE_NUMBER} 2026-13-45"),
    (entry("years: [1]"), f"{A_WHOLE_NUMBER} a list"),
    (entry("months: 1201"), "4: months must be a whole number from 1 to 1200, not 1201"),
    (entry("months: 6", "years: 1"), "4: months stands beside years: write only one of them"),
    (entry("seats: 0"), "4: seats must be a whole number from 1 to 1000000, not 0"),
    (entry("seats:"), "4: seats is empty"),
    (
        "gumroad:\n  - product_id: 123\n    tier: lite",
        '2: product_id must be text: quote it, "123"',
    ),
    (
        "gumroad:\n  - product_id: 0x1F\n    tier: lite",
        '2: product_id must be text: quote it, "0x1F"',
    ),
    (
        'gumroad:\n  - product_id: "a "\n    tier: lite',
        "2: product_id has blanks at its start or end: remove them",
    ),
    (tiered(""), "3: tier is empty"),
    (tiered('""'), "3: tier is empty"),
    (tiered("on"), '3: tier must be text: quote it, "on"'),
    (tiered("1.0"), '3: tier must be text: quote it, "1.0"'),
    (tiered("!x a"), '3: tier must be text: quote it, "a"'),
    (tiered("[a]"), "3: tier must be text, not a list"),
    (tiered(r'"a\x07b"'), "3: tier has a control character in it: remove it"),
    (tiered("a\u200bb"), "3: tier has an invisible character in it: type it anew"),
    (tiered(r'"\ud800"'), "3: tier has half a character in it: type it anew"),
    (tiered("x" * 51), "3: tier is too long: at most 50 characters"),
    (entry("variant: Pro"), '4: variant must be a mapping such as {Tier: Pro}, not "Pro"'),
    (
        entry("variant:", "  - Tier: Pro"),
        "4: variant must be a mapping such as {Tier: Pro}, not a list",
    ),
    (entry("variant: {}"), "4: variant is empty: leave it out"),
    (
        entry("variant:", "  Sync: on", "  Version: 1.0", "  Tier:"),
        '5: variant "Sync" must be text: quote it, "on"',
        '6: variant "Version" must be text: quote it, "1.0"',
        '7: variant "Tier" is empty',
    ),
    (
        entry("variant:", "  on: Sync", "  2: Version"),
        '5: key on must be text: quote it, "on"',
        '6: key 2 must be text: quote it, "2"',
    ),
    (
        entry("variant:", '  " Tier": Pro', r'  "\ud800": Pro', f"  {'x' * 201}: a"),
        f'5: key " Tier" {A_KEY_RULE}',
        rf'6: key "\ud800" {A_KEY_RULE}',
        f'7: key "{"x" * 40}…" {A_KEY_RULE}',
    ),
    (entry('name: ""'), "4: name is empty"),
    (entry('activate: " "'), "4: activate is empty"),
    (entry(r'activate: "a\x07b"'), "4: activate has a control character in it: remove it"),
)


@pytest.mark.parametrize("bad", [*YAML, *SHAPE, *VALUES], ids=lambda bad: bad[1])
def test_a_mistake_is_told_with_file_and_line(bad: Bad) -> None:
    text, *problems = bad

    with pytest.raises(ProductsFileError) as raised:
        parse_products(FILE, text.encode(), SOURCES)

    assert raised.value.problems == tuple(f"products.yaml:{problem}" for problem in problems)


def test_all_mistakes_are_told_at_once_in_the_order_of_their_lines() -> None:
    text = """\
        gumroad:
          - product_id: 12
            tierr: lite
            years: one
          - product_id: "b"
            tier: *lite
            variant: {Version: 1.0}
            seats: 0
            seats: 2
        paddel: []
        """

    with pytest.raises(ProductsFileError) as raised:
        parse_products(FILE, dedent(text).encode(), SOURCES)

    assert str(raised.value).splitlines() == [
        'products.yaml:2: product_id must be text: quote it, "12"',
        "products.yaml:2: tier is missing",
        'products.yaml:3: unknown key "tierr": did you mean "tier"?',
        'products.yaml:4: years must be a whole number from 1 to 100, not "one"',
        'products.yaml:6: alias "*lite": write it out, or quote it',
        'products.yaml:7: variant "Version" must be text: quote it, "1.0"',
        "products.yaml:8: seats must be a whole number from 1 to 1000000, not 0",
        'products.yaml:9: duplicate key "seats": line 8 has it already',
        'products.yaml:10: unknown storefront "paddel": it can be gumroad',
    ]


def test_a_file_in_another_encoding_is_refused_at_its_line() -> None:
    with pytest.raises(ProductsFileError) as raised:
        parse_products(FILE, entry("name: Größe").encode("latin-1"), SOURCES)

    assert raised.value.problems == ("products.yaml:4: this is not UTF-8: save the file as UTF-8",)


def test_a_huge_file_is_refused_unread() -> None:
    with pytest.raises(ProductsFileError) as raised:
        parse_products(FILE, b"#" * (LARGEST + 1), SOURCES)

    assert raised.value.problems == (
        "products.yaml: larger than 1,048,576 bytes, the most that is read",
    )
