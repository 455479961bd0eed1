"""The current products.yaml decides the license of a purchase."""

import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.support.ends import Case, ends_of, expected_ends
from tests.support.pings import changed, order_of, recorded
from tests.support.running import Mintpost, Setup, running
from tests.support.temporal import reset
from tests.support.waiting import until

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

PRODUCTS = """\
gumroad:
  - product_id: "editor=="
    tier: core
    years: 1
  - product_id: "editor=="
    variant: {Edition: Pro}
    tier: pro
    years: 2
    seats: 2
  - product_id: "editor=="
    variant: {Edition: Pro, Support: Phone}
    tier: phone
    months: 18
    seats: 3
  - product_id: "only-pro=="
    variant: {Edition: Pro}
    tier: only-pro
  - product_id: by-permalink
    tier: permalink
    months: 1
  - product_id: by-short-id
    tier: short
    seats: 7
  - product_id: https://lumenapp.gumroad.com/l/by-link
    tier: link
"""
NEW = '  - product_id: "new=="\n    tier: new\n'
ORDINARY = recorded("01")
PRO = {"variants[Edition]": "Pro"}
PHONE = PRO | {"variants[Support]": "Phone", "variants[System]": "macOS"}
LINK = "https://lumenapp.gumroad.com/l/by-link"

Logged = Callable[[int], list[str]]


@pytest.fixture
async def shop(setup: Setup) -> AsyncIterator[Mintpost]:
    setup.products = PRODUCTS
    async with running(setup) as started:
        yield started


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Logged:
    """Return a function that lists the product mapping's log lines of a level."""
    name = "catalog.file"
    caplog.set_level(logging.INFO, name)
    return lambda level: [
        record.getMessage()
        for record in caplog.records
        if (record.name, record.levelno) == (name, level)
    ]


def bought(order_id: str, product_id: str, **fields: str) -> bytes:
    return changed(ORDINARY, **({"sale_id": order_id, "product_id": product_id} | fields))


def end(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 23, 59, 59, tzinfo=UTC)


async def parked(mintpost: Mintpost, count: int) -> list[str | None]:
    """Wait until `count` events have a sentence; return the sentences in order of arrival."""

    async def told() -> list[str | None] | None:
        waiting = [row.error for row in await mintpost.events() if row.outcome is None]
        return waiting[::-1] if len(waiting) == count and all(waiting) else None

    return await until(told, f"{count} sales are parked")


async def test_most_specific_entry_decides_tier_seats_and_end(shop: Mintpost) -> None:
    august = "2026-08-31T12:00:05Z"
    bodies = {
        "plain": bought("plain", "editor=="),
        "variant": bought("variant", "editor==", **PRO),
        "other variant": bought("other variant", "editor==", **{"variants[Edition]": "Lite"}),
        "two variants": bought("two variants", "editor==", **PHONE),
        "18 months to a leap day": bought(
            "18 months to a leap day", "editor==", sale_timestamp=august, **PHONE
        ),
        "quantity": bought("quantity", "editor==", quantity="4", **PRO),
        "id before permalink": bought("id before permalink", "editor==", permalink="by-permalink"),
        "permalink": bought("permalink", "else==", permalink="by-permalink"),
        "month to a short one": bought(
            "month to a short one", "else==", permalink="by-permalink", sale_timestamp=august
        ),
        "short id": bought("short id", "else==", short_product_id="by-short-id", quantity="3"),
        "link": bought("link", "else==", product_permalink=LINK),
    }
    cases = {name: Case(body, "fulfilled", order_of(body)) for name, body in bodies.items()}
    unnamed = "other variant"
    cases[unnamed] = replace(
        cases[unnamed],
        note="no entry of products.yaml names what was chosen (Edition: Lite), so the general "
        "entry decided; if another should, write it there as at the storefront, and then run "
        "`mintpost remap 'gumroad:other variant'`",
    )
    assert await ends_of(shop, cases) == expected_ends(cases)
    assert {
        row.order_id: (row.tier, row.seats, row.expires_at) for row in await shop.licenses()
    } == {
        "plain": ("core", 1, end(2027, 9, 1)),
        "variant": ("pro", 2, end(2028, 9, 1)),
        "other variant": ("core", 1, end(2027, 9, 1)),
        "two variants": ("phone", 3, end(2028, 3, 1)),
        "18 months to a leap day": ("phone", 3, end(2028, 2, 29)),
        "quantity": ("pro", 8, end(2028, 9, 1)),
        "id before permalink": ("core", 1, end(2027, 9, 1)),
        "permalink": ("permalink", 1, end(2026, 10, 1)),
        "month to a short one": ("permalink", 1, end(2026, 9, 30)),
        "short id": ("short", 21, None),
        "link": ("link", 1, None),
    }


async def test_unmapped_purchases_wait_with_their_sentence_and_one_edit_wakes_all(
    shop: Mintpost, logged: Logged
) -> None:
    await shop.ping(bought("1", "new=="))
    await shop.ping(bought("2", "new==", **PHONE))
    await shop.ping(bought("3", "only-pro==", **{"variants[Edition]": "Lite"}))
    await shop.ping(bought("4", "new==", **{"variants[Size]": "L" * 51, **PRO}))
    assert await parked(shop, 4) == [
        f"unmapped product {what}: add it under gumroad in products.yaml"
        for what in [
            '"new=="',
            '"new==" (Edition: Pro, Support: Phone, System: macOS)',
            '"only-pro==" (Edition: Lite)',
            '"new==" (Edition: Pro)',
        ]
    ]
    assert await shop.licenses() == []

    # Editors write a new file and rename it over the old one.
    edited = shop.products.with_suffix(".new")
    edited.write_text(f'{PRODUCTS}{NEW}  - product_id: "only-pro=="\n    tier: any\n')
    edited.replace(shop.products)
    rows = await shop.settled()
    assert {(row.outcome, row.error) for row in rows} == {("fulfilled", None)}
    tiers = {row.order_id: row.tier for row in await shop.licenses()}
    assert tiers == {"1": "new", "2": "new", "3": "any", "4": "new"}
    assert logged(logging.INFO) == [f"{shop.products} has changed; the new mapping is in use"]


async def test_option_is_found_however_it_is_written_and_nothing_is_noted(shop: Mintpost) -> None:
    typed = {"variants[Edition\u00a0]": "\u2009Pro\ufeff"}
    await shop.ping(bought("1", "editor==", **typed))
    (row,) = await shop.settled()
    assert (row.outcome, row.note) == ("fulfilled", None)
    assert [license_.tier for license_ in await shop.licenses()] == ["pro"]


async def test_where_no_entry_of_the_id_fits_the_permalinks_is_not_taken(shop: Mintpost) -> None:
    lite = {"variants[Edition]": "Lite", "permalink": "by-permalink"}
    await shop.ping(bought(f"lite-{shop.task_queue}", "only-pro==", **lite))
    (sentence,) = await parked(shop, 1)
    assert sentence is not None
    assert sentence.startswith('unmapped product "only-pro==" (Edition: Lite)')
    shop.products.write_text(f'{PRODUCTS}  - product_id: "only-pro=="\n    tier: any\n')
    (row,) = await shop.settled()
    assert row.outcome == "fulfilled"


async def test_note_is_added_once_however_often_the_sale_is_done(shop: Mintpost) -> None:
    words = {"custom_fields[offer_code]": "x", "variants[Edition]": "Lite"}
    order = f"noted-{shop.task_queue}"
    await shop.ping(bought(order, "editor==", **words))
    await shop.settled_and_named()
    await shop.run_of(order).result()
    (before,) = await shop.events()
    first, second = (before.note or "").split("; ", 1)
    assert first == "custom fields overwrite Gumroad's own, which were not read: offer_code"
    assert second.startswith("no entry of products.yaml names what was chosen (Edition: Lite)")
    await reset(shop.client, shop.run_of(order))
    await shop.run_of(order).result()
    assert [row.note for row in await shop.events()] == [before.note]


async def test_license_keeps_its_tier_whatever_the_mapping_says_later(shop: Mintpost) -> None:
    await shop.ping(bought("1", "editor=="))
    await shop.settled()
    shop.products.write_text(PRODUCTS.replace("tier: core", "tier: renamed"))
    await reset(shop.client, shop.run_of("1"))
    assert (await shop.run_of("1").result())["outcome"] == "fulfilled"
    await shop.ping(bought("2", "editor=="))
    await shop.settled()
    tiers = {row.order_id: row.tier for row in await shop.licenses()}
    assert tiers == {"1": "core", "2": "renamed"}


@pytest.mark.parametrize(
    ("broken", "problem"),
    [
        (
            PRODUCTS.replace("years: 1\n", "yeers: 1\n"),
            ':4: unknown key "yeers": did you mean "years"?',
        ),
        (PRODUCTS.replace("    tier: core", "\ttier: core"), ":3: "),
        (None, ": does not exist: write one, products.yaml in the repository is an example"),
    ],
    ids=["typo", "tab", "gone"],
)
async def test_broken_file_keeps_the_last_good_mapping_and_is_told_once_and_loudly(
    shop: Mintpost, logged: Logged, broken: str | None, problem: str
) -> None:
    if broken is None:
        shop.products.unlink()
    else:
        shop.products.write_text(f"{broken}{NEW}")
    await shop.ping(bought("1", "editor=="))
    (sold,) = await shop.settled()
    assert sold.outcome == "fulfilled"
    await shop.ping(bought("2", "new=="))
    (sentence,) = await parked(shop, 1)
    assert sentence == 'unmapped product "new==": add it under gumroad in products.yaml'
    (told,) = logged(logging.ERROR)
    why = "the product mapping as read before stays in use, because\n"
    assert told.startswith(f"{why}{shop.products}{problem}")

    shop.products.write_text(f"{PRODUCTS}{NEW}")
    resumed = (await shop.settled())[0]
    assert (resumed.outcome, resumed.error) == ("fulfilled", None)
    assert logged(logging.INFO) == [f"{shop.products} is good again and in use"]
