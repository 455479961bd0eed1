"""The pages' commands make no file that other users of the machine may read."""

import os
import re
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

DOCS = Path(__file__).parent.parent.parent / "docs"
BLOCK = re.compile(r"^( *)```sh\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)
MAKES_SECRETS = re.compile(r"keys generate|pg_dump|VACUUM INTO|> \.env|start-dev --db-filename")


def blocks() -> list[str]:
    found = [found for page in DOCS.glob("*.md") for found in BLOCK.findall(page.read_text())]
    return [re.sub(f"^{indent}", "", text, flags=re.MULTILINE) for indent, text in found]


def secret_blocks() -> list[str]:
    return [block for block in blocks() if MAKES_SECRETS.search(block)]


def test_every_line_that_makes_secrets_closes_them_to_others() -> None:
    assert len(secret_blocks()) >= 6
    assert [block for block in secret_blocks() if "umask 077" not in block] == []


@pytest.mark.parametrize("written", ["VACUUM INTO", "> .env"])
def test_what_such_a_line_makes_is_its_user_s_alone(tmp_path: Path, written: str) -> None:
    (tmp_path / "var").mkdir()
    with closing(sqlite3.connect(tmp_path / "var" / "mintpost.db")) as database:
        database.execute("CREATE TABLE sales (id INTEGER)")
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    (block,) = (block for block in secret_blocks() if written in block)
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    command = ["/bin/sh", "-ec", f"umask 022\n{block}"]
    subprocess.run(command, cwd=tmp_path, env={"PATH": path}, check=True)  # noqa: S603 - our own page
    (made,) = {path for path in tmp_path.rglob("*") if path.is_file()} - before
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
