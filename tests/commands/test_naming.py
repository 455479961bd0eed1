"""A sale by whatever a person has of it, and ids that look like options."""

import asyncio
import json
import shlex
from dataclasses import replace

import pytest

from commands.help import SLIP
from db.engine import Database
from licensing.keys import new_key
from operations.find import MOST
from tests.db.rows import mint, sale_of
from tests.support.commanding import Run, Shop
from tests.support.pings import changed, recorded
from tests.support.waiting import until

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
DASHED = "-Zx_91kQ2mTTq8oGd3VbAw=="
TWICE_DASHED = "--x_91kQ2mTTq8oGd3VbAw=="


@pytest.fixture
def stored(clean: pytest.MonkeyPatch, database: Database) -> Database:
    clean.setenv("DATABASE_URL", database.engine.url.render_as_string(hide_password=False))
    clean.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    return database


def sell(database: Database, order_id: str, name: str = "Zoë Żak") -> str:
    sale = replace(sale_of(order_id), order_number=f"9{len(order_id)}", name=name)
    return database.write_here(mint, sale, new_key()).license.key


@ON_SQLITE
@pytest.mark.parametrize("order_id", [TWICE_DASHED, "$(touch x)`;' y=="])
async def test_a_sale_is_shown_by_its_id_however_odd(
    stored: Database, mint: Run, order_id: str
) -> None:
    sell(stored, order_id)
    await is_shown_by(mint, order_id, f"gumroad:{order_id}", order_id)


@ON_SQLITE
async def test_a_sale_is_shown_by_whatever_finds_it(stored: Database, mint: Run) -> None:
    key = sell(stored, DASHED)
    names = [f"gumroad:{DASHED}", DASHED, f"9{len(DASHED)}", "zoe zak", "ZOË Ż"]
    keys = [key, key.lower().replace("-", " "), key[:9]]
    await is_shown_by(mint, DASHED, *names, "ada.buyer@EXAMPLE.com", *keys)


async def is_shown_by(mint: Run, order_id: str, *names: str) -> None:
    for name in names:
        answer = await asyncio.to_thread(mint, "show", name, "--json")
        assert answer.code == 0, (name, answer.err)
        assert json.loads(answer.out)["order"] == f"gumroad:{order_id}", name
        found = await asyncio.to_thread(mint, "find", "--json", name)
        assert [sale["order_id"] for sale in json.loads(found.out)] == [order_id], name


@ON_SQLITE
async def test_several_sales_are_listed_with_the_command_to_go_on(
    stored: Database, mint: Run
) -> None:
    for number in range(MOST + 1):
        sell(stored, f"an order; {number}==")
    answer = await asyncio.to_thread(mint, "show", "zoe")
    first, *lines = answer.err.splitlines()
    assert (answer.code, answer.out) == (1, "")
    assert first == "zoe may mean several sales; show one of them:"
    assert len(lines) == MOST + 1
    words = [shlex.split(line, comments=True) for line in lines]
    newest = f"gumroad:an order; {MOST}=="
    assert words[0] == ["mintpost", "show", newest]
    assert words[-1] == ["mintpost", "find", "zoe"]
    assert "Zoë Żak" in lines[0]
    assert (await asyncio.to_thread(mint, *words[0][1:])).code == 0


@ON_SQLITE
async def test_what_nobody_knows_is_a_sentence(stored: Database, mint: Run) -> None:
    sell(stored, DASHED)
    for name in ("nobody@example.com", "-abc", "A1first==", "%", "?"):
        answer = await asyncio.to_thread(mint, "show", name)
        assert (answer.code, answer.out) == (1, "")
        assert answer.err == f"no event of {name} is known; all that came in: `mintpost events`\n"
    for name in ("-abc==", "", "  "):
        answer = await asyncio.to_thread(mint, "find", name)
        assert (answer.code, answer.out) == (0, "no sales\n"), name
    for command in ("show", "find"):
        answer = await asyncio.to_thread(mint, command, "\udcff")
        assert (answer.code, answer.out) == (1, "")
        assert answer.err == "argument 2 is no text: it holds bytes that are no UTF-8\n"


@ON_SQLITE
async def test_an_order_without_a_sale_is_shown_by_its_bare_id(shop: Shop, mint: Run) -> None:
    order = f"-{shop.sold}"
    await shop.mintpost.ping(changed(recorded("01"), sale_id=order, email="nobody"))

    async def failed() -> bool | None:
        return (await shop.mintpost.events(order))[0].outcome == "failed" or None

    await until(failed, "the sale has failed")
    answer = await asyncio.to_thread(mint, "show", order, "--json")
    assert [event["outcome"] for event in json.loads(answer.out)["events"]] == ["failed"]


@ON_SQLITE
async def test_a_giver_who_complains_is_found(shop: Shop, mint: Run) -> None:
    order = f"gift-{shop.sold}"
    await shop.mintpost.ping(changed(recorded("07"), sale_id=order))

    async def sold() -> bool | None:
        return (await shop.mintpost.events(order))[0].outcome is not None or None

    await until(sold, "the gift is done")
    for name in ("generous.gifter@example.com", "generous gifter", "721959133"):
        answer = await asyncio.to_thread(mint, "show", name, "--json")
        (sale,) = json.loads(answer.out)["sales"]
        assert sale["giver"] == "Generous Gifter generous.gifter@example.com"
        assert sale["email"] == "giftee@example.org"


@pytest.mark.parametrize("command", ["retry", "resend"])
def test_an_id_with_a_dash_is_no_option_of_a_command_that_acts(mint: Run, command: str) -> None:
    for name in (DASHED, TWICE_DASHED):
        answer = mint(command, name)
        assert (answer.code, answer.err) == (
            1,
            f"{name} names no storefront: write gumroad:{name}\n",
        )


@pytest.mark.parametrize("slip", ["--jsno", "--limt", "--limt=5", "--a"])
def test_a_mistyped_option_is_still_told(mint: Run, slip: str) -> None:
    answer = mint("find", "ada", slip)
    assert (answer.code, answer.out) == (2, "")
    assert f"No such option: {slip.partition('=')[0]}" in answer.err


def test_what_looks_like_an_option_of_ours_and_what_like_an_id() -> None:
    assert SLIP.match("--all")
    assert SLIP.match("--since=2h")
    assert not SLIP.match(TWICE_DASHED)
    assert not SLIP.match("--abcdefghijklmnopqrst==")
