"""Sentences of a command on a terminal: broken between words, their commands whole."""

import sys

import pytest
from rich.cells import cell_len

from commands.exits import told_as_sentence
from commands.layout import fitting
from commands.tables import tell, warn
from kit.refusals import RefusedError

SALE = "stripe:cs_live_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0u1V2w3X4y5Z6a7B8c9D0"
SHOW = f"mintpost show {SALE}"
LONG = f"{SALE} has no license yet, and gets one by the mapping of that moment: `{SHOW}` tells more"


def test_command_is_whole_on_a_line() -> None:
    lines = fitting(LONG, 80)
    assert any(f"`{SHOW}`" in line for line in lines)
    assert " ".join(lines) == LONG
    assert max(cell_len(line) for line in lines if SHOW not in line) <= 80


def test_line_that_fits_stays_as_it_is() -> None:
    assert fitting("two  blanks\n  # a comment", 80) == ["two  blanks", "  # a comment"]


def test_comment_of_a_long_command_goes_above_it_as_a_comment() -> None:
    buyer = "1 × Lumen for Maximiliane von Hohenstein-Württemberg <max@some-company.example.com>"
    *above, command = fitting(f"  {SHOW}  # {buyer}", 60)
    assert command == f"  {SHOW}"
    assert all(line.startswith("  # ") and cell_len(line) <= 60 for line in above)
    assert " ".join(line.removeprefix("  # ") for line in above) == buyer


def on_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("TERM", "xterm")
    for stream in (sys.stdout, sys.stderr):
        monkeypatch.setattr(stream, "isatty", lambda: True)


def refused() -> str:
    with pytest.raises(SystemExit) as ended, told_as_sentence():
        raise RefusedError(LONG)
    return str(ended.value.code)


def test_terminal_gets_sentences_that_fit(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    on_terminal(monkeypatch)
    tell(LONG)
    warn(LONG)
    said = capsys.readouterr()
    expected = fitting(LONG, 60)
    assert len(expected) > 2
    assert [each.splitlines() for each in (said.out, said.err, refused())] == [expected] * 3


def test_pipe_gets_each_sentence_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    tell(LONG)
    warn(LONG)
    said = capsys.readouterr()
    assert (said.out, said.err, refused()) == (f"{LONG}\n", f"{LONG}\n", LONG)
