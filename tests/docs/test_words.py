"""One word for one thing: docs/glossary.md retires words, and nothing of the house uses them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.core import TyperGroup

import cli
from db.engine import Database
from db.tables import Table
from tests.docs.test_docs import ROOT, name_of, tracked

RETIRED = {
    "request (what HTTP brought) or event (its row)": r"(?<![a-z])pings?(?![a-z])|Pings?(?![a-z])",
    "event, for the row": r"(?i)\baudit[ _-]rows?\b",
    "license": r"(?i)licence",
}
MEANS_GUMROADS_OWN = re.compile(
    r"""
    test[ _-]ping                           # its button, and the event's kind after it
    | [Rr]esend\ ping | [Pp]ing\ endpoint   # as its pages call them
    | Gumroad's\ (own\ )?pings?
    | \*\*ping\*\*                          # the glossary's entry
    | gumroad/pings                         # the recorded bodies
    | pool_pre_ping                         # SQLAlchemy's
    | "ping",                               # a part of Keygen's paths
    | actions/ping                          # a path of Keygen's
    """,
    re.VERBOSE,
)
SPEAKS_OF_PINGS = (
    "storefronts/gumroad/",
    "tests/",
    "CHANGELOG.md",  # an entry keeps the words of its time
    "docs/glossary.md",  # it names the words that it retires
    "docs/adr/0027-rooms.md",
)
OPENS_WITH_A_QUESTION = re.compile(r"(What|Whether|When|Which|Who|How)(ever)?\b")
MAY_OPEN_WITH_ONE = re.compile(rf"[\"']\s*{OPENS_WITH_A_QUESTION.pattern}")
"""Finds the few files that are worth being parsed: some other text of theirs may begin so."""
PROGRAM_TEXT = (".py", ".md", ".html", ".txt", ".yml", ".yaml", ".toml", ".example")
PROGRAM_NAMES = ("Caddyfile", "Dockerfile", "Makefile")


def products_texts() -> list[Path]:
    """Return the files of product and documents that people write."""
    return [
        file
        for file in tracked()
        if (file.suffix in PROGRAM_TEXT or file.name in PROGRAM_NAMES)
        and not name_of(file).startswith(SPEAKS_OF_PINGS)
    ]


def retired_in(text: str) -> Iterator[str]:
    """Yield each place of a retired word, with the words that replace it."""
    for number, line in enumerate(text.splitlines(), 1):
        ours = MEANS_GUMROADS_OWN.sub("", line)
        for instead, word in RETIRED.items():
            if re.search(word, ours):
                yield f"line {number}: say {instead}: {line.strip()}"


def test_no_text_uses_a_retired_word() -> None:
    found = {name_of(file): list(retired_in(file.read_text())) for file in products_texts()}
    assert {name: bad for name, bad in found.items() if bad} == {}


def test_no_file_is_named_with_a_retired_word() -> None:
    names = [name_of(file) for file in tracked()]
    ours = [name for name in names if not name.startswith(SPEAKS_OF_PINGS)]
    assert {name: found for name in ours if (found := list(retired_in(name)))} == {}


def helps(command: Any, context: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - typer's own
    """Yield the help of the command and of all commands below it, each under its whole name."""
    yield context.command_path, command.get_help(context)
    if isinstance(command, TyperGroup):
        for name in command.list_commands(context):
            below: Any = command.get_command(context, name)
            yield from helps(below, below.context_class(below, parent=context, info_name=name))


def test_no_help_of_the_command_line_uses_a_retired_word() -> None:
    command: Any = typer.main.get_command(cli.app)
    found = dict(helps(command, command.context_class(command, info_name="mintpost")))
    assert {"mintpost", "mintpost events", "mintpost keys generate"} <= {*found}
    assert {name: bad for name, text in found.items() if (bad := list(retired_in(text)))} == {}


@pytest.mark.parametrize(
    "text",
    [
        "a ping is kept",
        "2 pings",
        "def ping_of(row)",
        "class SamplePing:",
        "the Audit row",
        "licence",
    ],
)
def test_a_retired_word_is_found(text: str) -> None:
    assert len(list(retired_in(text))) == 1


def questions(source: str) -> list[str]:
    """Return the docstrings that open with a question."""
    if MAY_OPEN_WITH_ONE.search(source) is None:
        return []
    return [text for text in docstrings(source) if OPENS_WITH_A_QUESTION.match(text)]


def docstrings(source: str) -> Iterator[str]:
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, kinds) and (text := ast.get_docstring(node)) is not None:
            yield text


def test_every_docstring_begins_with_a_verb_or_a_noun() -> None:
    opened = {name_of(file): questions(file.read_text()) for file in tracked("*.py")}
    assert {name: bad for name, bad in opened.items() if bad} == {}


@pytest.mark.parametrize(
    "source",
    ['"""What it is."""', "def f():\n    '''\n    When it is.\n    '''", "class A:\n    r'How'"],
)
def test_a_docstring_that_opens_with_a_question_is_found(source: str) -> None:
    assert len(questions(source)) == 1


@pytest.mark.parametrize(
    "text", ["press *Resend ping* there", "`ignored:test_ping`", "a mapping of shipping", "Keeping"]
)
def test_gumroads_own_words_and_other_words_stay(text: str) -> None:
    assert list(retired_in(text)) == []


def test_every_row_is_called_a_row() -> None:
    names = [mapper.class_.__name__ for mapper in Table.registry.mappers]
    assert names
    assert [name for name in names if not name.endswith("Row")] == []


def test_a_database_reads_and_writes_and_runs_nothing() -> None:
    doors = {name for name in vars(Database) if not name.startswith("_")}
    assert {"read", "read_here", "write", "write_here"} <= doors
    assert not {"run", "run_here"} & doors


def test_the_glossary_names_each_retired_word() -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text()
    rows = re.findall(r"^\| \*\*.+\| (.+) \|$", glossary, re.MULTILINE)
    retired = {word for row in rows for word in row.split(", ")}
    assert {"ping", "audit row", "licence"} <= retired
