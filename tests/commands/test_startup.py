"""A person waits only for the libraries that a command uses.

The tests ask a child process which libraries it loaded; none depends on the machine's speed.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL

from kit.version import VERSION
from tests.support.commanding import Run
from tests.support.processes import clean_environment

HEAVY = [
    "sqlalchemy",
    "temporalio",
    "pydantic",
    "cryptography",
    "alembic",
    "yaml",
    "httpx",
    "fastapi",
    "jinja2",
    "psycopg",
]
LOADED = f"""
def loaded():
    return [name for name in {HEAVY} if name in sys.modules]
"""
EACH_HELP = f"""
import contextlib, io, json, sys
{LOADED}
import cli
from typer.main import get_command

def commands(group, words):
    yield words
    for name, command in getattr(group, "commands", {{}}).items():
        yield from commands(command, [*words, name])

found = {{}}
for words in commands(get_command(cli.app), []):
    with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):
        cli.app([*words, "--help"])
    found[" ".join(words)] = loaded()
print(json.dumps(found))
"""
THE_VERSION = f"""
import json, sys
{LOADED}
import cli
try:
    cli.main()
except SystemExit:
    pass
print(json.dumps(loaded()), file=sys.stderr)
"""
EACH_LIST = f"""
import contextlib, io, json, sys
{LOADED}
import cli

found = {{}}
for command in ("events", "sales", "licenses", "deliveries"):
    for options in ([], ["--json"]):
        sys.argv = ["mintpost", command, *options]
        with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()) as said:
            cli.main()
        found[" ".join(sys.argv[1:])] = [said.getvalue(), loaded()]
print(json.dumps(found))
"""


EACH_COMPLETION = f"""
import contextlib, io, json, os, sys
{LOADED}
import cli

found = {{}}
for words in ("sh", "show gum"):
    os.environ |= {{
        "_MINTPOST_COMPLETE": "complete_bash",
        "COMP_WORDS": "\\n".join(["mintpost", *words.split()]),
        "COMP_CWORD": str(len(words.split())),
    }}
    sys.argv = ["mintpost"]
    with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()) as said:
        cli.main()
    found[words] = [said.getvalue(), loaded()]
print(json.dumps(found))
"""


def run(program: str, *arguments: str, folder: Path) -> tuple[str, str]:
    ended = subprocess.run(  # noqa: S603 - our own Python
        [sys.executable, "-c", program, *arguments],
        cwd=folder,
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    return ended.stdout, ended.stderr


def test_no_help_loads_a_heavy_library(tmp_path: Path) -> None:
    found = json.loads(run(EACH_HELP, folder=tmp_path)[0])
    assert {"", "events", "dev", "keys", "keys revoke"} <= found.keys()
    assert {words: names for words, names in found.items() if names} == {}


def test_the_version_loads_no_heavy_library(tmp_path: Path) -> None:
    said, loaded = run(THE_VERSION, "--version", folder=tmp_path)
    assert (said, json.loads(loaded)) == (f"mintpost {VERSION}\n", [])


@pytest.fixture(scope="module")
def lists(sqlite: URL, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Run all lists in one process, because a library that one of them loads stays loaded."""
    folder = tmp_path_factory.mktemp("lists")
    (folder / "var").mkdir()
    shutil.copyfile(str(sqlite.database), folder / "var" / "mintpost.db")
    found: dict[str, Any] = json.loads(run(EACH_LIST, folder=folder)[0])
    return found


@pytest.mark.parametrize("command", ["events", "sales", "licenses", "deliveries"])
@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_list_on_sqlite_loads_the_database_and_the_settings_alone(
    lists: dict[str, Any], command: str, options: list[str]
) -> None:
    said, loaded = lists[" ".join([command, *options])]
    assert said == ("[]\n" if options else f"no {command}\n")
    assert loaded == ["sqlalchemy", "pydantic"]


def test_completion_of_a_sale_loads_the_database_and_the_settings_alone(
    sqlite: URL, tmp_path: Path
) -> None:
    (tmp_path / "var").mkdir()
    shutil.copyfile(str(sqlite.database), tmp_path / "var" / "mintpost.db")
    found = json.loads(run(EACH_COMPLETION, folder=tmp_path)[0])
    assert found == {"sh": ["show\n", []], "show gum": ["\n", ["sqlalchemy", "pydantic"]]}


def test_the_stack_at_rest_keeps_no_heavy_library(tmp_path: Path) -> None:
    program = f"import json, sys\n{LOADED}\nimport commands.dev_stack\nprint(json.dumps(loaded()))"
    assert json.loads(run(program, folder=tmp_path)[0]) == []


def test_the_version_is_the_project_s(mint: Run) -> None:
    assert mint("--version").out == f"mintpost {VERSION}\n"
