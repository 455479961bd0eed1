"""SQLite's file is rewritten, so that its free pages hold no erased text."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import URL, Engine

from db.engine import open_engine
from db.rewriting import rewrite

ERASED = b"ada.erased@example.com"
NOW = timedelta(0)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Write a text and delete it, with an SQLite that leaves the bytes in the free page."""
    file = tmp_path / "mintpost.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA secure_delete = OFF")
        connection.execute("CREATE TABLE texts (content)")
        connection.execute("INSERT INTO texts VALUES (?)", (ERASED * 1000,))
        connection.commit()
        connection.execute("DELETE FROM texts")
        connection.commit()
    return file


@pytest.fixture
def engine(file: Path) -> Iterator[Engine]:
    engine = open_engine(URL.create("sqlite", database=str(file)), patience_seconds=0.1)
    yield engine
    engine.dispose()


def test_free_pages_and_the_log_are_emptied(file: Path, engine: Engine) -> None:
    assert ERASED in file.read_bytes()
    assert rewrite(engine, NOW)
    left = [each.name for each in file.parent.iterdir() if ERASED in each.read_bytes()]
    assert left == []


def test_a_writer_in_the_way_is_waited_for(file: Path, engine: Engine) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        assert not rewrite(engine, NOW)
        waited: list[float] = []

        def commit(seconds: float) -> None:
            waited.append(seconds)
            writer.execute("COMMIT")

        assert rewrite(engine, timedelta(minutes=1), commit)
    assert len(waited) == 1
