"""Foreign text in a terminal: it neither acts nor hides, and --json keeps it exactly."""

import asyncio
import json
import re
import unicodedata

import pytest
from hypothesis import given, strategies as st
from rich.panel import Panel
from rich.text import Text

from commands.exits import told_as_sentence
from commands.tables import SafeConsole, print_json
from db.views.lists import Filters, list_sales
from domain.visible import acts_or_hides, visible
from kit.refusals import RefusedError
from tests.support.commanding import Run, Shop
from tests.support.pings import changed, recorded
from tests.support.waiting import until

HOSTILE = (
    "\u202eevil\u202c \u2066\u2069\u200b\u200e\u200f\u061c\u00ad\ufeff\u2060\u180e"
    "\x1b[2J\x9b31m\x85\x7f\u2028\u2029\u115f\u3164\u034f\ufe00\U000e0041\U000e0100\ue000 end"
)
FORBIDDEN = sorted(set(HOSTILE) - set("evil []2J31mend"))


def hostile_in(text: str) -> list[str]:
    return [name for one in FORBIDDEN if one in text for name in [f"U+{ord(one):04X}"]]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_no_list_and_no_show_lets_it_through(shop: Shop, mint: Run) -> None:
    order = f"hostile-{shop.sold}"
    hostile = {"full_name": f"Ada {HOSTILE}", "product_name": HOSTILE, "offer_code": HOSTILE}
    variants = {f"variants[{HOSTILE}]": HOSTILE}
    await shop.mintpost.ping(changed(recorded("01"), sale_id=order, **hostile, **variants))

    async def settled() -> bool | None:
        return (await shop.mintpost.events(order))[0].outcome == "fulfilled" or None

    await until(settled, "the sale is fulfilled")
    commands = [("sales",), ("licenses",), ("deliveries",), ("events",), ("find", "ada")]
    for command in [*commands, ("show", f"gumroad:{order}")]:
        told = await asyncio.to_thread(mint, *command)
        assert (told.code, hostile_in(told.out + told.err)) == (0, []), command
        whole = await asyncio.to_thread(mint, *command, "--json")
        assert (whole.code, hostile_in(whole.out)) == (0, []), command
    (sale,) = json.loads((await asyncio.to_thread(mint, "find", "evil", "--json")).out)
    (stored,) = await shop.mintpost.database.read(list_sales, Filters(order_id=order))
    assert (sale["name"], sale["variants"]) == (stored.name, stored.variants)
    assert "\u202e" in stored.name


def test_json_holds_the_text_exactly_and_shows_none_of_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    value = [{HOSTILE: HOSTILE, "lone": "\ud800", "name": "Łukasz 李 😀 ❤\ufe0f"}]
    print_json(value)
    out = capsys.readouterr().out
    assert json.loads(out) == value
    assert hostile_in(out) == []
    assert out.replace("\n", "").isprintable()
    assert "Łukasz 李 😀" in out


def test_an_error_on_stderr_shows_none_of_it() -> None:
    with pytest.raises(SystemExit) as ended, told_as_sentence():
        raise RefusedError(f"one {HOSTILE}\ntwo")
    assert hostile_in(str(ended.value.code)) == []
    assert str(ended.value.code).endswith("\ntwo")


def test_a_console_lets_none_through_whatever_is_printed_and_keeps_its_own_styles() -> None:
    console = SafeConsole(force_terminal=True, width=200, color_system="standard")
    with console.capture() as captured:
        console.print(Text(HOSTILE, style="red"), Panel(Text(HOSTILE)), HOSTILE)
    out = captured.get()
    assert hostile_in(re.sub(r"\x1b\[[\d;]*m", "", out)) == []
    assert "\x1b[31m" in out
    assert "\\u202eevil" in out


@pytest.mark.parametrize(
    "name",
    [
        "Ada O\u2019Neil",
        "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627",
        "क्\u200dष",
        "👩\u200d💻 ❤\ufe0f",
        "Łukasz Żółć",
        "李 雷",
    ],
)
def test_names_stay_as_they_are_written(name: str) -> None:
    assert visible(name) == name


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u200dda@example.com", r"a\u200dda@example.com"),
        ("ada\u200b@example.com", r"ada\u200b@example.com"),
        ("one\r\ntwo\tthree\u2028four\u00a0five\u3000six", "one two three four five six"),
        ("\U000e0041", r"\udb40\udc41"),
        ("\x1b]0;title\x07", r"\u001b]0;title\u0007"),
    ],
)
def test_what_would_deceive_is_named(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text(st.characters(codec=None)))
def test_nothing_that_acts_or_hides_is_left_but_joiners_between_letters(text: str) -> None:
    shown = visible(text)
    left = {one for one in shown if acts_or_hides(one)}
    assert left <= set("\u200c\u200d\ufe0e\ufe0f")
    assert visible(shown) == shown


@pytest.mark.parametrize("category", ["Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"])
def test_every_character_of_these_kinds_is_named(category: str) -> None:
    of_kind = [chr(code) for code in range(0x11000) if unicodedata.category(chr(code)) == category]
    shown = visible("".join(one for one in of_kind if one not in "\u200c\u200d")).replace(" ", "")
    assert {one for one in shown if unicodedata.category(one) == category} == set()
