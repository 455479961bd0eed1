"""The keys of products.yaml that say how a license lives: instalments, trial, end, grace, key."""

from pathlib import Path

import pytest

from catalog.file import ProductsFileError, parse_products
from catalog.hints import NO_ACTIVATE, find_hints
from domain.catalog import Catalog, Offer
from domain.license import Term

FILE = Path("products.yaml")


def read(*lines: str, tier: str = "    tier: lite") -> Catalog:
    text = "\n".join(["gumroad:", "  - product_id: a", tier, *(f"    {line}" for line in lines)])
    return parse_products(FILE, text.encode(), ("gumroad",))


def problems(*lines: str) -> list[str]:
    with pytest.raises(ProductsFileError) as raised:
        read(*lines)
    return [problem.removeprefix("products.yaml:") for problem in raised.value.problems]


def test_each_key_reaches_the_offer() -> None:
    (offer,) = read(
        "years: 1", "instalments: true", "after_end: keep", "grace_days: 0", "key: storefront"
    ).offers["gumroad"]

    assert offer == Offer(
        "a",
        "lite",
        Term(12),
        instalments=True,
        keep_after_end=True,
        grace_days=0,
        shop_key=True,
    )


@pytest.mark.parametrize(
    "lines",
    [
        (),
        ("instalments: false", "after_end: stop", "grace_days: 3", "key: mint"),
        ("trial_days:", "instalments: False"),
    ],
)
def test_a_key_left_out_means_its_default(lines: tuple[str, ...]) -> None:
    assert read(*lines).offers["gumroad"] == (Offer("a", "lite", Term(None)),)


@pytest.mark.parametrize("days", [1, 730])
def test_a_trial_needs_no_term(days: int) -> None:
    (offer,) = read(f"trial_days: {days}").offers["gumroad"]

    assert (offer.trial_days, offer.term) == (days, Term(None))


TRIAL = "4: trial_days must be a whole number from 1 to 730, not"
GRACE = "4: grace_days must be a whole number from 0 to 365, not"
TERMLESS = "instalments needs a term, which all of them together buy: add years or months"


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["instalments: on"], "4: instalments must be true or false, not on"),
        (['instalments: "true"'], '4: instalments must be true or false, not "true"'),
        (["instalments: 1"], "4: instalments must be true or false, not 1"),
        (["instalments:"], "4: instalments is empty"),
        (["installments: true"], '4: unknown key "installments": did you mean "instalments"?'),
        (["instalments: true"], f"4: {TERMLESS}"),
        (["years:", "instalments: true"], f"5: {TERMLESS}"),
        (["trial_days: 0"], f"{TRIAL} 0"),
        (["trial_days: 731"], f"{TRIAL} 731"),
        (["trial_days: true"], f"{TRIAL} true"),
        (["trial_days: 2 weeks"], f'{TRIAL} "2 weeks"'),
        (["grace_days: -1"], f"{GRACE} -1"),
        (["grace_days: 366"], f"{GRACE} 366"),
        (["grace_days:"], "4: grace_days is empty"),
        (["after_end: Keep"], '4: after_end must be stop or keep, not "Keep"'),
        (["after_end: on"], "4: after_end must be stop or keep, not on"),
        (["key: [mint]"], "4: key must be mint or storefront, not a list"),
        (["key:"], "4: key is empty"),
        (
            ["trial_days: 7", "instalments: true", "months: 6"],
            "4: trial_days stands beside instalments: write only one of them",
        ),
    ],
    ids=str,
)
def test_a_wrong_value_is_told_with_its_line(lines: list[str], told: str) -> None:
    assert problems(*lines) == [told]


def test_a_mistake_in_the_term_is_not_told_again_by_the_instalments() -> None:
    assert problems("years: 0", "instalments: true") == [
        "4: years must be a whole number from 1 to 100, not 0"
    ]


@pytest.mark.parametrize("data", ["false", "0"])
def test_a_file_that_is_no_mapping_is_not_called_empty(data: str) -> None:
    with pytest.raises(ProductsFileError, match=f"1: the file is {data}: start it with"):
        parse_products(FILE, data.encode(), ("gumroad",))


def test_no_license_takes_none_of_the_keys() -> None:
    keys = ("instalments: true", "trial_days: 7", "after_end: keep", "grace_days: 0", "key: mint")

    told = problems("license: none", *keys)

    assert told[0] == "3: tier stands beside license: write only one of them"
    assert told[1:] == [
        f"{line}: {key.partition(':')[0]} stands beside license: write only one of them"
        for line, key in enumerate(keys, 5)
    ]


def test_the_example_gives_no_hint() -> None:
    example = Path(__file__).parents[2] / "products.yaml"

    assert find_hints(parse_products(FILE, example.read_bytes(), ("gumroad",))) == []


def test_each_entry_that_gives_a_license_without_activate_is_a_hint() -> None:
    others = ("  activate: now", "- product_id: b", "  license: none", "- product_id: c")
    lines = [f"  {line}" for line in ("  months: 1", *others, "  tier: pro", "  activate:")]
    text = "\n".join(["gumroad:", "  - product_id: a", "    tier: lite", *lines])

    catalog = parse_products(
        FILE, f"{text}\npaddle: [{{product_id: a, tier: b}}]".encode(), ("gumroad", "paddle")
    )

    assert [(hint.line, hint.sentence) for hint in find_hints(catalog)] == [
        (8, NO_ACTIVATE),
        (11, NO_ACTIVATE),
    ]
