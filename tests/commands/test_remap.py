"""`mintpost remap`: a license is decided anew by today's mapping."""

import asyncio
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from io import StringIO

import pytest
from sqlalchemy import select
from typing_extensions import override

from db.tables import RemapRow
from db.views.lists import LicenseLine
from licensing.tokens import PublicKey, verify_token
from tests.support.commanding import Answer, Run, Shop
from tests.support.pings import changed, recorded
from tests.support.running import PRODUCTS, Setup
from tests.support.waiting import until

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

END = datetime(2027, 9, 1, 23, 59, 59, tzinfo=UTC)
BETTER = PRODUCTS.replace("tier: core\n    years: 1", "tier: plus\n    years: 2\n    seats: 3")
LESS = PRODUCTS.replace("tier: core\n    years: 1", "tier: lite\n    months: 6")

Remap = Callable[..., "asyncio.Future[Answer]"]
Answering = Callable[..., None]


class Typed(StringIO):
    terminal = False

    @override
    def isatty(self) -> bool:
        return self.terminal


@pytest.fixture
def answering(clean: pytest.MonkeyPatch) -> Answering:
    def answer(text: str, *, terminal: bool) -> None:
        typed = Typed(text)
        typed.terminal = terminal
        clean.setattr(sys, "stdin", typed)

    return answer


@pytest.fixture
def remap(shop: Shop, mint: Run, clean: pytest.MonkeyPatch) -> Remap:
    clean.setenv("PRODUCTS_FILE", str(shop.mintpost.products))
    return lambda *arguments: asyncio.ensure_future(asyncio.to_thread(mint, "remap", *arguments))


def map_as(shop: Shop, products: str) -> None:
    shop.mintpost.products.write_text(products)


async def the_license(shop: Shop) -> LicenseLine:
    (license_,) = await shop.mintpost.licenses()
    return license_


async def sent_for(shop: Shop) -> list[tuple[str, str]]:
    return [(mail.reason, mail.status) for mail in reversed(await shop.mintpost.deliveries())]


@ON_SQLITE
async def test_license_of_a_mapping_saved_in_two_steps_is_put_right_and_mailed_once(
    shop: Shop, remap: Remap, setup: Setup
) -> None:
    before = await the_license(shop)
    map_as(shop, BETTER)
    sold = f"gumroad:{shop.sold}"
    done = await remap(sold, "--yes", "--reason", "saved in two steps")
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == [
        f"{sold}: tier core → plus, seats 1 → 3, end 2027-09-01 → 2028-09-01; mails the new token",
        f"{sold}: changed; its mail is logged",
    ]
    after = await the_license(shop)
    assert (after.key, after.tier, after.seats) == (before.key, "plus", 3)
    assert after.expires_at == datetime(2028, 9, 1, 23, 59, 59, tzinfo=UTC)
    assert await sent_for(shop) == [("sale", "logged"), ("resend:1", "logged")]
    public = setup.signer.public_key
    token = verify_token(shop.token("delivery-2.eml"), [PublicKey(public.kid, public.x)], END)
    assert (token.tier, token.seats, token.expires_at) == ("plus", 3, after.expires_at)

    again = await remap(sold, "--yes")
    assert again.out == f"{sold}: stays as it is: plus, 3 seats, end 2028-09-01\n"
    assert len(await shop.mintpost.deliveries()) == 2
    (row,) = await setup.database.read(lambda session: list(session.scalars(select(RemapRow))))
    assert (row.asked_why, row.before["tier"], row.after["tier"]) == (
        "saved in two steps",
        "core",
        "plus",
    )
    notes = [event.note or "" for event in await shop.mintpost.events(shop.sold)]
    assert notes[-1].startswith("its license was decided anew by `mintpost remap` at 20")


@ON_SQLITE
async def test_dry_run_only_tells(shop: Shop, remap: Remap) -> None:
    before = await the_license(shop)
    map_as(shop, BETTER)
    told = await remap(f"gumroad:{shop.sold}", "--dry-run")
    assert (told.code, told.out.count("tier core → plus")) == (0, 1)
    (line,) = json.loads((await remap(f"gumroad:{shop.sold}", "--dry-run", "--json")).out)
    assert line == {
        "order": f"gumroad:{shop.sold}",
        "license_id": before.id,
        "before": {
            "tier": "core",
            "seats": 1,
            "expires_at": "2027-09-01T23:59:59Z",
            "product_name": "Lumen Editor 3",
        },
        "after": {
            "tier": "plus",
            "seats": 3,
            "expires_at": "2028-09-01T23:59:59Z",
            "product_name": "Lumen Editor 3",
        },
        "mailed": True,
        "changed": False,
        "delivery_id": None,
        "problem": None,
    }
    assert await the_license(shop) == before
    assert await sent_for(shop) == [("sale", "logged")]


@ON_SQLITE
@pytest.mark.parametrize("answer", ["n\n", None], ids=["no", "none-on-a-terminal"])
async def test_nothing_is_changed_without_an_answer(
    shop: Shop, remap: Remap, answering: Answering, answer: str | None
) -> None:
    before = await the_license(shop)
    map_as(shop, BETTER)
    answering(answer or "", terminal=answer is None)
    refused = await remap(f"gumroad:{shop.sold}")
    assert (refused.code, "tier core → plus" in refused.out) == (1, True)
    assert refused.err.endswith(
        "nothing was changed: give --yes to change them, or --dry-run to look only\n"
    )
    assert await the_license(shop) == before


@ON_SQLITE
async def test_where_nobody_can_answer_what_was_named_is_changed_and_a_product_is_not(
    shop: Shop, remap: Remap, answering: Answering
) -> None:
    map_as(shop, BETTER)
    answering("", terminal=False)
    product = (await the_license(shop)).product_id
    refused = await remap("--product", product)
    assert (refused.code, (await the_license(shop)).tier) == (1, "core")
    done = await remap(f"gumroad:{shop.sold}")
    assert ("tier core → plus" in done.out, (await the_license(shop)).tier) == (True, "plus")


@ON_SQLITE
async def test_taking_back_mails_nobody(shop: Shop, remap: Remap) -> None:
    map_as(shop, LESS)
    (line,) = json.loads((await remap(f"gumroad:{shop.sold}", "--yes", "--json")).out)
    assert (line["changed"], line["mailed"], line["delivery_id"]) == (True, False, None)
    after = await the_license(shop)
    assert (after.tier, after.expires_at) == ("lite", datetime(2027, 3, 1, 23, 59, 59, tzinfo=UTC))
    assert await sent_for(shop) == [("sale", "logged")]


@ON_SQLITE
async def test_a_mail_can_be_declined(shop: Shop, remap: Remap) -> None:
    map_as(shop, BETTER)
    done = await remap(f"gumroad:{shop.sold}", "--yes", "--no-mail")
    assert "mails nobody" in done.out
    assert (await the_license(shop)).tier == "plus"
    assert await sent_for(shop) == [("sale", "logged")]


@ON_SQLITE
async def test_license_is_named_as_a_person_has_it(shop: Shop, remap: Remap) -> None:
    key = (await the_license(shop)).key
    for text in (
        f"gumroad:{shop.sold}",
        shop.sold,
        key,
        f" {key.lower().replace('-', ' ')}\u200b",
    ):
        told = await remap(text, "--dry-run")
        assert told.out == f"gumroad:{shop.sold}: stays as it is: core, 1 seat, end 2027-09-01\n"
    for product in ("fEv7TDvUDEKb-yaNdbudow==", "lumen"):
        told = await remap("--product", product, "--dry-run")
        assert told.out.startswith(f"gumroad:{shop.sold}: stays as it is")


@ON_SQLITE
async def test_text_that_means_no_license_or_several_sales_is_told_and_nothing_done(
    shop: Shop, remap: Remap
) -> None:
    before = await the_license(shop)
    map_as(shop, BETTER)
    texts = (f"gumroad:{shop.sold}", f"gumroad:{shop.parked}", "ada", "252197085")
    told = await remap(*texts, "ADA.BUYER@example.com", "--yes")
    waits = f"gumroad:{shop.parked}"
    wake, both = f"`mintpost retry {waits}`", f"{waits}, gumroad:{shop.sold}"
    assert (told.code, told.out) == (1, "")
    assert told.err.splitlines() == [
        f"{waits} has no license yet, and gets one by the mapping of that moment: {wake}",
        "no sale and no license is ada; to look for it: `mintpost find ada`",
        f"252197085 means several sales, name one: {both}",
        f"ADA.BUYER@example.com means several sales, name one: {both}",
    ]
    assert await the_license(shop) == before
    for arguments in ((), ("--product", "a", "b")):
        assert "name the sales or keys" in (await remap(*arguments)).err
    assert "no license of product x is known" in (await remap("--product", "x")).err


@ON_SQLITE
async def test_mapping_that_gives_nothing_today_takes_nothing_back(
    shop: Shop, remap: Remap
) -> None:
    before = await the_license(shop)
    for products, sentence in (
        ('gumroad:\n  - {product_id: "fEv7TDvUDEKb-yaNdbudow==", license: none}\n', "no license"),
        ("gumroad: []\n", 'unmapped product "fEv7TDvUDEKb-yaNdbudow=="'),
    ):
        map_as(shop, products)
        told = await remap(f"gumroad:{shop.sold}", "--yes")
        assert (told.code, sentence in told.out) == (1, True)
    assert await the_license(shop) == before


@ON_SQLITE
async def test_sale_that_was_ignored_for_want_of_a_license_is_told_how_to_get_one(
    shop: Shop, remap: Remap
) -> None:
    book = f"book-{shop.sold}"
    map_as(shop, f'{PRODUCTS}  - {{product_id: "book==", license: none}}\n')
    await shop.mintpost.ping(changed(recorded("01"), sale_id=book, product_id="book=="))

    async def settled() -> str | None:
        (event,) = await shop.mintpost.events(book)
        return event.outcome

    assert await until(settled, "the book is settled") == "ignored:no_license"
    told = await remap(f"gumroad:{book}", "--yes")
    assert f"`mintpost replay gumroad:{book} --settled`" in told.err
