"""Completion of sales in a shell: quick, harmless, and silent if anything fails."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from commands import completion
from commands.completion import words_of_bash
from db.engine import Database
from db.tables import EventRow
from domain.event import OPERATOR
from tests.db.rows import store_event
from tests.support.commanding import Run
from tests.support.processes import clean_environment

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
GUMROAD, PARKED, FAILED = "FO8TXN-dbxYaBdahG97Y-Q==", "parked-1", "failed-1"
HOSTILE = ("a;reboot", "$(reboot)", "a b", "`reboot`", "a'b", "é")

Complete = Callable[..., list[str]]


@pytest.fixture
def sold(database: Database, clean: pytest.MonkeyPatch) -> None:
    clean.setenv("DATABASE_URL", database.engine.url.render_as_string(hide_password=False))

    def sell(session: Session) -> None:
        for order in (GUMROAD, *HOSTILE, PARKED, FAILED, PARKED):
            store_event(session, order)
        of = update(EventRow)
        session.execute(of.filter_by(order_id=PARKED).values(error="unmapped product"))
        session.execute(of.filter_by(order_id=FAILED).values(outcome="failed", error="no sale"))
        act = store_event(session, GUMROAD, "revoke")
        session.execute(of.filter_by(id=act).values(source=OPERATOR))

    database.write_here(sell)


@pytest.fixture
def complete(mint: Run, clean: pytest.MonkeyPatch) -> Complete:
    """Complete the last of the words that bash makes of a line."""

    def run(*words: str) -> list[str]:
        clean.setenv("_MINTPOST_COMPLETE", "complete_bash")
        clean.setenv("COMP_WORDS", "\n".join(["mintpost", *words]))
        clean.setenv("COMP_CWORD", str(len(words)))
        answer = mint()
        assert answer.err == ""
        return answer.out.split()

    return run


@ON_SQLITE
@pytest.mark.usefixtures("sold")
async def test_newest_sales_complete_a_command(complete: Complete) -> None:
    def all_of(*words: str) -> list[str]:
        return complete(*words, "")

    every = [f"gumroad:{order}" for order in (PARKED, FAILED, GUMROAD)]
    for words in (["show"], ["resend"], ["devices"], ["revoke", "x"], ["trigger", "--order"]):
        assert await asyncio.to_thread(all_of, *words) == every, words
    assert await asyncio.to_thread(all_of, "retry") == [f"gumroad:{PARKED}"]
    assert await asyncio.to_thread(all_of, "replay") == [f"gumroad:{FAILED}"]


@ON_SQLITE
@pytest.mark.usefixtures("sold")
async def test_part_that_bash_keeps_is_not_repeated(complete: Complete) -> None:
    for words, expected in {
        ("gumroad", ":"): [PARKED, FAILED, GUMROAD],
        ("gumroad", ":", "FO8"): [GUMROAD],
        ("gumroad", ":", "FO8TXN-dbxYaBdahG97Y-Q", "="): ["="],
        ("gumroad:FO8",): [f"gumroad:{GUMROAD}"],
        ("gum",): [f"gumroad:{order}" for order in (PARKED, FAILED, GUMROAD)],
        ("polar", ":", "FO8"): [],
    }.items():
        assert await asyncio.to_thread(complete, "show", *words) == expected, words


@ON_SQLITE
@pytest.mark.usefixtures("sold")
async def test_real_bash_completes_by_the_script_that_it_is_given(tmp_path: Path) -> None:
    bash = shutil.which("bash")
    assert bash
    environ = clean_environment() | {"DATABASE_URL": os.environ["DATABASE_URL"]}
    environ["PATH"] = f"{Path(sys.executable).parent}:{environ['PATH']}"
    program = f"""
        eval "$(_MINTPOST_COMPLETE=source_bash mintpost)"
        COMP_WORDS=(mintpost show gumroad : FO8) COMP_CWORD=4
        _mintpost_completion mintpost
        printf '%s\\n' "${{COMPREPLY[@]}}"
        test "${{COMPREPLY[0]}}" = '{GUMROAD}'
    """
    ended = await asyncio.to_thread(
        subprocess.run,
        [bash, "--norc", "-c", program],
        env=environ,
        cwd=tmp_path,
        capture_output=True,
        check=False,
        text=True,
    )
    assert (ended.returncode, ended.stderr) == (0, ""), ended.stdout


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///none.db",
        "nonsense",
        "postgresql://user:sekret@127.0.0.1:1/none",
    ],
)
def test_failure_says_nothing(url: str, complete: Complete, clean: pytest.MonkeyPatch) -> None:
    clean.setenv("DATABASE_URL", url)
    assert complete("show", "") == []


def test_database_that_hangs_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(completion, "PATIENCE_SECONDS", 0.01)
    answered = Event()

    def hang() -> list[str]:
        answered.wait()
        return ["late"]

    assert completion._in_time(hang) == []  # noqa: SLF001 - the patience alone
    answered.set()


@pytest.mark.parametrize(
    ("words", "joined"),
    [
        (["show", "gumroad", ":", "F"], ["show", "gumroad:F"]),
        (["events", "--status", "=", "par"], ["events", "--status=par"]),
        (["show", "a", ":", "b", "==", ""], ["show", "a:b=="]),
        (["show", ""], ["show", ""]),
    ],
)
def test_words_are_joined_as_they_were_typed(words: list[str], joined: list[str]) -> None:
    environ = {
        "_MINTPOST_COMPLETE": "complete_bash",
        "COMP_WORDS": "\n".join(["mintpost", *words, "behind"]),
        "COMP_CWORD": str(len(words)),
    }
    with words_of_bash(environ):
        assert environ["COMP_WORDS"].split("\n") == ["mintpost", *joined]
        assert environ["COMP_CWORD"] == str(len(joined))
