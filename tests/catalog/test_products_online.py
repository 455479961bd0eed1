"""The keys of products.yaml that concern the questions of apps: devices, lease, ids of dialects."""

from pathlib import Path

import pytest

from catalog.file import ProductsFileError, parse_products
from domain.online_terms import (
    USUAL_TERMS,
    KeygenIds,
    LemonSqueezyIds,
    OnlineTerms,
    PolarIds,
)

UUID = "3f1c1b0e-9f57-4a37-8f0a-0c2c5b0e7a11"
LARGEST = 2**53


def read(*lines: str, tier: str = "tier: lite") -> OnlineTerms:
    text = "\n".join(["gumroad:", "  - product_id: a", *(f"    {each}" for each in (tier, *lines))])
    (offer,) = parse_products(Path("products.yaml"), text.encode(), ("gumroad",)).offers["gumroad"]
    return offer.online


def problems(*lines: str, tier: str = "tier: lite") -> list[str]:
    with pytest.raises(ProductsFileError) as raised:
        read(*lines, tier=tier)
    return [problem.removeprefix("products.yaml:") for problem in raised.value.problems]


def test_each_key_reaches_the_offer() -> None:
    terms = read(
        "devices: 3",
        "lease_days: 0",
        "release_after: 365",
        "answer_email: true",
        "dialects:",
        f"  lemonsqueezy: {{store: 1, product: {LARGEST}, variant: 3}}",
        f"  polar: {{organization: {UUID}, benefit: {UUID}}}",
        f"  keygen: {{account: lumen, product: {UUID}}}",
    )

    assert terms == OnlineTerms(
        devices=3,
        lease_days=0,
        release_after=365,
        answer_email=True,
        lemonsqueezy=LemonSqueezyIds(1, LARGEST, 3),
        polar=PolarIds(UUID, UUID),
        keygen=KeygenIds("lumen", UUID),
    )


@pytest.mark.parametrize(
    "lines",
    [
        (),
        ("lease_days: 14", "release_after: 30", "answer_email: false"),
        ("devices:", "dialects:"),
        ("dialects:", "  polar:"),
        ("dialects: {}",),
    ],
)
def test_a_key_left_out_means_its_default(lines: tuple[str, ...]) -> None:
    assert read(*lines) == USUAL_TERMS == OnlineTerms(None, 14, 30, answer_email=False)


def test_a_uuid_in_capitals_is_kept_in_small_letters() -> None:
    terms = read(
        f"dialects: {{polar: {{organization: {UUID.upper()}}},"
        f" keygen: {{account: {UUID.upper()}, product: {UUID.upper()}}}}}"
    )

    assert (terms.polar, terms.keygen) == (PolarIds(UUID), KeygenIds(UUID, UUID))


@pytest.mark.parametrize("account", ["Lumen", "Ada's shop", "x" * 100])
def test_the_name_of_an_account_stays_as_it_is_written(account: str) -> None:
    terms = read(f'dialects: {{keygen: {{account: "{account}", product: {UUID}}}}}')

    assert terms.keygen == KeygenIds(account, UUID)


NO_UUID = f"must be a UUID, such as {UUID}"
NUMBER = f"must be a whole number from 1 to {LARGEST}, not"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("devices: 0", "devices must be a whole number from 1 to 1000000, not 0"),
        ("devices: 1000001", "devices must be a whole number from 1 to 1000000, not 1000001"),
        ("devices: many", 'devices must be a whole number from 1 to 1000000, not "many"'),
        ("lease_days: -1", "lease_days must be a whole number from 0 to 365, not -1"),
        ("lease_days: 366", "lease_days must be a whole number from 0 to 365, not 366"),
        ("lease_days:", "lease_days is empty"),
        ("release_after: 366", "release_after must be a whole number from 0 to 365, not 366"),
        ("answer_email: on", "answer_email must be true or false, not on"),
        ("answer_email: 1", "answer_email must be true or false, not 1"),
        ("devics: 3", 'unknown key "devics": did you mean "devices"?'),
        ("dialect: {}", 'unknown key "dialect": did you mean "dialects"?'),
        ("dialects: polar", 'dialects must be a mapping of names to values, not "polar"'),
        ("dialects: [polar]", "dialects must be a mapping of names to values, not a list"),
        (
            "dialects: {gumroad: {}}",
            'unknown key "gumroad" in dialects: it can be lemonsqueezy, polar, keygen',
        ),
        ("dialects: {plar: {}}", 'unknown key "plar" in dialects: did you mean "polar"?'),
        ("dialects: {polar: 5}", "dialects.polar must be a mapping of names to values, not 5"),
        ("dialects: {polar: {}}", "dialects.polar.organization is missing"),
        (
            "dialects: {polar: {organization: 5}}",
            'dialects.polar.organization must be text: quote it, "5"',
        ),
        (
            f"dialects: {{polar: {{organization: {UUID[:-1]}}}}}",
            f"dialects.polar.organization {NO_UUID}",
        ),
        (
            f"dialects: {{polar: {{organization: {UUID}, benefit: lumen}}}}",
            f"dialects.polar.benefit {NO_UUID}",
        ),
        (
            f"dialects: {{polar: {{organization: {UUID}, benefits: {UUID}}}}}",
            'unknown key "benefits" in dialects.polar: did you mean "benefit"?',
        ),
        (
            f"dialects: {{keygen: {{account: a/b, product: {UUID}}}}}",
            "dialects.keygen.account has a slash in it: it is one part of an address",
        ),
        (
            f"dialects: {{keygen: {{account: {'x' * 101}, product: {UUID}}}}}",
            "dialects.keygen.account is too long: at most 100 characters",
        ),
        (
            f"dialects: {{keygen: {{account: a\u200bb, product: {UUID}}}}}",
            "dialects.keygen.account has an invisible character in it: type it anew",
        ),
        ("dialects: {keygen: {account: a}}", "dialects.keygen.product is missing"),
        (
            f"dialects: {{lemonsqueezy: {{store: 0, product: 2, variant: {LARGEST + 1}}}}}",
            (
                f"dialects.lemonsqueezy.store {NUMBER} 0 and "
                f"dialects.lemonsqueezy.variant {NUMBER} {LARGEST + 1}"
            ),
        ),
        (
            "dialects: {lemonsqueezy: {store: 1}}",
            "dialects.lemonsqueezy.product is missing and dialects.lemonsqueezy.variant is missing",
        ),
    ],
)
def test_a_mistake_is_told_with_its_line(line: str, told: str) -> None:
    assert problems(line) == [f"4: {each}" for each in told.split(" and ")]


def test_a_mistake_inside_is_told_with_its_own_line() -> None:
    assert problems("dialects:", "  lemonsqueezy:", "    store: 1", "    product: two") == [
        "5: dialects.lemonsqueezy.variant is missing",
        f'7: dialects.lemonsqueezy.product {NUMBER} "two"',
    ]


@pytest.mark.parametrize("key", ["devices: 3", "lease_days: 1", "answer_email: true", "dialects:"])
def test_no_license_has_none_of_these_terms(key: str) -> None:
    name = key.partition(":")[0]
    told = f"4: {name} stands beside license: write only one of them"
    assert problems(key, tier="license: none") == [told]
