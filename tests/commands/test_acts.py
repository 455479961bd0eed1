"""The seller's acts by command, through the real workflow."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from commands.asking import UNANSWERED
from db.engine import Database
from db.views.lists import Filters, LicenseLine, list_events
from tests.support.commanding import Answer, Run, Shop
from tests.support.running import PRODUCTS

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PRODUCT = "fEv7TDvUDEKb-yaNdbudow=="

Command = Callable[..., Awaitable[Answer]]


@pytest.fixture
def command(shop: Shop, mint: Run, clean: pytest.MonkeyPatch) -> Command:
    clean.setenv("PRODUCTS_FILE", str(shop.mintpost.products))
    return lambda *words: asyncio.to_thread(mint, *words)


@pytest.fixture
def bare(database: Database, clean: pytest.MonkeyPatch, tmp_path: Path) -> Database:
    """Return a database without a stack, and without a sale."""
    (tmp_path / "products.yaml").write_text(PRODUCTS)
    clean.setenv("DATABASE_URL", database.engine.url.render_as_string(hide_password=False))
    clean.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    return database


async def newest(shop: Shop) -> LicenseLine:
    return (await shop.mintpost.licenses())[0]


async def mails(shop: Shop) -> list[str]:
    return [mail.status for mail in await shop.mintpost.deliveries()]


async def done(command: Command, *words: str) -> list[dict[str, Any]]:
    answer = await command(*words, "--yes", "--json")
    assert answer.code == 0, answer.err
    return list(json.loads(answer.out))


@ON_SQLITE
async def test_license_goes_through_every_act(shop: Shop, command: Command) -> None:
    order = f"gumroad:{shop.sold}"
    key = (await newest(shop)).key.lower()
    (line,) = await done(command, "revoke", key, "--reason", "a slip")
    assert (line["order"], line["outcome"], line["mailed"]) == (order, "applied", False)
    assert ((await newest(shop)).status, (await newest(shop)).reason) == ("revoked", "by_hand")
    (line,) = await done(command, "revoke", order, "--reason", "again")
    assert line["outcome"] == "noted:no_change"
    (line,) = await done(command, "restore", order)
    assert (line["outcome"], line["mailed"]) == ("applied", True)
    end = (await newest(shop)).expires_at
    assert end is not None
    (line,) = await done(command, "extend", order, "--months", "12")
    (line,) = await done(command, "seats", order, "--to", "5")
    (line,) = await done(command, "tier", order, "--to", "studio")
    after = await newest(shop)
    assert (after.seats, after.tier, after.status) == (5, "studio", "active")
    assert after.expires_at == end.replace(year=end.year + 1)
    assert await mails(shop) == ["logged"] * 5


@ON_SQLITE
async def test_nobody_is_asked_without_a_terminal(shop: Shop, command: Command) -> None:
    answer = await command("revoke", f"gumroad:{shop.sold}", "--reason", "a slip")
    assert (answer.code, answer.err.strip().splitlines()[-1]) == (1, UNANSWERED)
    assert "revoked" in answer.out
    assert (await newest(shop)).status == "active"
    assert all(event.source == "gumroad" for event in await shop.mintpost.events())


@ON_SQLITE
async def test_tier_of_no_entry_is_told_before_the_question(shop: Shop, command: Command) -> None:
    answer = await command("tier", f"gumroad:{shop.sold}", "--to", "cor")
    warning, unanswered = answer.err.strip().splitlines()
    assert warning.startswith('no entry of products.yaml has the tier "cor" (its tiers: core')
    assert unanswered == UNANSWERED


@ON_SQLITE
async def test_unmapped_sale_that_is_revoked_gets_no_license(shop: Shop, command: Command) -> None:
    order = f"gumroad:{shop.parked}"
    answer = await command("revoke", order, "--reason", "a fraud", "--yes")
    assert "it has no license yet, and will get none; mails nobody" in answer.out
    shop.mintpost.products.write_text(
        shop.mintpost.products.read_text().replace("tier: core", "tier: core\n    seats: 2")
        + '  - product_id: "no-such-product"\n    tier: core\n'
    )
    await command("retry", order)
    events = await shop.mintpost.settled()
    outcomes = {event.outcome for event in events if event.order_id == shop.parked}
    assert "ignored:by_hand" in outcomes
    assert len(await shop.mintpost.licenses()) == 1


@ON_SQLITE
@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("revoke", "gumroad:nobody", "--reason", "x"), "no sale and no license is gumroad:nobody"),
        (("extend", "gumroad:nobody"), "`mintpost extend gumroad:nobody --months 6`"),
        (("extend", "x", "--until", "2020-01-01"), "names a day that is over"),
        (("extend", "x", "--until", "03/04/2030"), "has two meanings"),
        (("tier", "x", "--to", ""), "printable characters: `mintpost tier x --to NAME`"),
        (("issue", "--to", "ada@example.com"), "`mintpost issue --product ID --to ADDRESS`"),
        (("issue", "--to", "ada", "--tier", "core"), "`mintpost issue --tier core --to ADDRESS`"),
        (("issue", "--to", "a@b.c", "--source", "x"), "no storefront is named x; the names are: "),
        (("issue", "--to", "ada@example.com", "--product", "nope"), 'unmapped product "nope"'),
    ],
)
async def test_mistake_is_told_and_changes_nothing(
    bare: Database, mint: Run, words: tuple[str, ...], why: str
) -> None:
    answer = await asyncio.to_thread(mint, *words)
    assert (answer.code, why in answer.err) == (1, True), answer.err
    assert await bare.read(list_events, Filters()) == []


@ON_SQLITE
async def test_issued_license_is_mailed_once_for_a_reference(shop: Shop, command: Command) -> None:
    words = ("issue", "--product", PRODUCT, "--to", "press@example.com", "--reference", "press-1")
    first = await command(*words, "--key", "OLD-KEY-1", "--reason", "a review")
    assert first.code == 0, first.err
    issued = await newest(shop)
    assert issued.expires_at is not None
    assert f"core, 1 seat, ends {issued.expires_at.date()}\nkey: {issued.key}" in first.out
    assert "applied: its mail was only written into the outbox" in first.out
    assert (issued.source, issued.order_id, issued.tier) == ("operator", "press-1", "core")
    again = await command(*words)
    assert "this reference has its license already" in again.out
    shown = await command("show", "operator:press-1", "--json")
    told = json.loads(shown.out)
    (event,) = told["events"]
    assert told["workflow"]["id"] == event["workflow_id"]
    assert (event["kind"], event["outcome"], event["origin"]) == ("grant", "applied", "operator")
    assert await mails(shop) == ["logged", "logged"]
    assert "lumenapp.example/activate" in (shop.mintpost.outbox / "delivery-2.eml").read_text()
    taken = await command("issue", "--tier", "core", "--to", "b@example.com", "--key", "old key 1")
    assert f"its key opens license {issued.id} already" in taken.err
