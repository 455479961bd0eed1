"""An advised command runs as written in a shell, and stays code in the Web UI."""

import re
import subprocess

import pytest
from hypothesis import given, strategies as st

from db.dispatching import WaitingEvent
from domain.advice import advised, code_span, command
from relay.starter import _details, _summary

HOSTILE = [
    "gumroad:`touch /tmp/owned`",
    "gumroad:$(touch owned)",
    "gumroad:a;b|c&d>e",
    'gumroad:it\'s "quoted"',
    "gumroad:a b  c",
    "gumroad:``` ![](http://evil.example/x.png)",
    "gumroad:!$*?[a]{b}~#\\",
    "gumroad:<b>bold</b>",
    "-abc==",
    "--json",
]


def words_of(line: str) -> list[str]:
    """Return the words that a real shell reads."""
    program = f"mintpost() {{ printf '%s\\0' \"$@\"; }}\n{line}\n"
    ran = subprocess.run(["/bin/sh", "-c", program], check=True, capture_output=True, text=True)  # noqa: S603
    return ran.stdout.split("\0")[:-1]


@pytest.mark.parametrize("order", HOSTILE)
def test_a_shell_takes_the_foreign_word_as_one_word(order: str) -> None:
    words = words_of(command("show", order))
    assert words == (["show", "--", order] if order.startswith("-") else ["show", order])
    told = words_of(command("resend", order, options=["--to"]))
    assert (told[0], order in told, "--to" in told) == ("resend", True, True)
    assert "--" not in told or told.index("--to") < told.index("--") < told.index(order)


def spans_of(markdown: str) -> list[str]:
    """Read code spans as CommonMark does: a run of backticks closes a run of equal length."""
    found = re.findall(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", markdown)
    return [inner[1:-1] if inner[0] == inner[-1] == " " else inner for _, inner in found]


@given(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1))
def test_a_code_span_holds_whatever_is_in_it(text: str) -> None:
    assert spans_of(f"see {code_span(text)} for more") == [text]


@pytest.mark.parametrize("order", HOSTILE)
def test_the_web_ui_reads_it_as_code_and_nothing_else(order: str) -> None:
    event = WaitingEvent(1, "gumroad", "sale", order, f"product {order}")
    reference = f"gumroad:{order}"
    assert spans_of(_details(event))[2:] == [command("show", reference)]
    assert spans_of(_summary(event)) == [f"product {order}"]
    assert advised("show", reference) in _details(event)


def test_an_ordinary_order_is_written_plainly() -> None:
    assert advised("resend", "gumroad:HyMdzSI-x_1==", options=["--to"]) == (
        "`mintpost resend gumroad:HyMdzSI-x_1== --to`"
    )
