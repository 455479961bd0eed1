"""Database outages: a clause for each cause, without a name or a value."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import URL, Connection, text
from sqlalchemy.orm import Session

from db.causes import cause
from db.engine import Database, database_url as read_url, open_engine
from domain.errors import DatabaseAwayError
from domain.outages import DATABASE_REASONS, database_reason
from embedded.ports import HOST
from tests.db.rows import store_event
from tests.support.postgres import create_role

PRIVATE = "sekret"


def away(url: URL) -> DatabaseAwayError:
    database = Database(open_engine(url, patience_seconds=1))
    try:
        with pytest.raises(DatabaseAwayError) as raised:
            database.write_here(store_event)
    finally:
        database.dispose()
    assert PRIVATE not in raised.value.sentence
    return raised.value


@contextmanager
def as_superuser(url: URL) -> Iterator[Connection]:
    engine = open_engine(url.set(database="postgres"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield connection
    engine.dispose()


@contextmanager
def made(url: URL, *statements: str, undone_by: str) -> Iterator[None]:
    with as_superuser(url) as connection:
        try:
            for statement in statements:
                connection.execute(text(statement))
            yield
        finally:
            for statement in undone_by.split(";"):
                connection.execute(text(statement))


def test_a_database_that_is_missing_is_to_be_created(postgres: URL) -> None:
    told = away(postgres.set(database=f"{PRIVATE}_database"))
    assert told.sentence == (
        "the database cannot be used right now (OperationalError, 3D000): there is no such "
        "database on its server: create it, or correct the name in DATABASE_URL; trying again"
    )
    assert told.question == ""


def test_a_role_that_is_missing_is_to_be_created(postgres: URL) -> None:
    if postgres.password:
        pytest.skip("the server asks for a password first, and then tells nobody who exists")
    told = away(postgres.set(username=f"{PRIVATE}_role"))
    assert "(OperationalError, 28000): its server has no such role: create it" in told.sentence


ROLE = f"{PRIVATE}_some_role"
BASE = f"{PRIVATE}_some_database"


@pytest.mark.parametrize(
    ("make", "code", "words"),
    [
        (f"ALTER ROLE {ROLE} NOLOGIN", "28000", "its role may not log in"),
        (f"ALTER ROLE {ROLE} CONNECTION LIMIT 0", "53300", "takes no more connections"),
        (f"ALTER DATABASE {BASE} CONNECTION LIMIT 0", "53300", "takes no more connections"),
        (f"REVOKE CONNECT ON DATABASE {BASE} FROM PUBLIC", "42501", "lacks a privilege"),
        (f"ALTER DATABASE {BASE} SET default_transaction_read_only = on", "25006", "it only reads"),
    ],
)
def test_each_refusal_of_a_server_has_its_code_and_its_clause(
    postgres: URL, make: str, code: str, words: str
) -> None:
    template = postgres.database
    with made(
        postgres,
        create_role(postgres, ROLE),
        f"CREATE DATABASE {BASE} TEMPLATE {template}",
        make,
        undone_by=f"DROP DATABASE {BASE} WITH (FORCE);DROP ROLE {ROLE}",
    ):
        told = away(postgres.set(username=ROLE, database=BASE))
    assert f", {code}): " in told.sentence
    assert words in told.sentence


def test_a_server_that_is_not_there_leaves_a_question() -> None:
    told = away(read_url(f"postgres://user:{PRIVATE}@{HOST}:1/name"))
    assert told.what == (
        "the database cannot be used right now (OperationalError): nothing listens at its address"
    )
    assert told.question == ": is it up, and is DATABASE_URL right?"


def test_a_host_without_an_address_is_told() -> None:
    told = away(read_url(f"postgres://user:{PRIVATE}@{PRIVATE}.invalid/name"))
    assert "the host of DATABASE_URL has no address" in told.sentence


@contextmanager
def passwords_asked(url: URL) -> Iterator[None]:
    """Make the server ask one role for its password, and no other role."""
    with as_superuser(url) as connection:
        file = Path(connection.execute(text("SHOW hba_file")).scalar_one())
        if not os.access(file, os.W_OK):
            pytest.skip("the server's pg_hba.conf is not ours to change")
        before = file.read_text()
        rules = "".join(f"{kind} all {ROLE} {host} scram-sha-256\n" for kind, host in HOSTS)
        try:
            file.write_text(rules + before)
            connection.execute(text("SELECT pg_reload_conf()"))
            yield
        finally:
            file.write_text(before)
            connection.execute(text("SELECT pg_reload_conf()"))


HOSTS = (("local", ""), ("host", "all"))


@pytest.mark.parametrize("password", [None, f"{PRIVATE}-wrong"])
def test_a_wrong_password_is_told(postgres: URL, password: str | None) -> None:
    role = made(
        postgres,
        f"CREATE ROLE {ROLE} LOGIN PASSWORD '{PRIVATE}-right'",
        undone_by=f"DROP ROLE {ROLE}",
    )
    with role, passwords_asked(postgres):
        told = away(postgres.set(username=ROLE, password=password))
    assert "28P01): its server refuses the password: correct it in DATABASE_URL" in told.sentence


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("FATAL:  the database system is starting up", "57P03"),
        ("FATAL:  the database system is shutting down", "57P03"),
        ("FATAL:  the database system is not yet accepting connections", "57P03"),
        ('FATAL:  database "d" is not currently accepting connections', "55000"),
        ("FATAL:  sorry, too many clients already", "53300"),
        ('FATAL:  no pg_hba.conf entry for host "h", user "u", database "d"', "28000"),
        ("connection timeout expired", "timeout"),
        ("received invalid response to SSL negotiation: H", "stranger"),
        ("expected authentication request from server, but received H", "stranger"),
        ("server does not support SSL, but SSL was required", "tls"),
        ("FATAL:  unsupported startup parameter: options", "08P01"),
        ("server closed the connection unexpectedly", "08006"),
        ("FATAL:  base de données « d » inexistante", None),
    ],
)
def test_what_a_server_says_before_it_lets_anybody_in(words: str, told: str | None) -> None:
    assert cause(psycopg.OperationalError(f"connection failed: {words}")) == told


def sqlite_url(file: Path, query: str = "") -> URL:
    return read_url(f"sqlite:///file:{file}?uri=true{query}")


def test_sqlite_names_what_is_the_matter_with_its_file(sqlite: URL, tmp_path: Path) -> None:
    there = Path(str(sqlite.database))
    told = away(sqlite_url(tmp_path / PRIVATE / "mintpost.db"))
    assert "(OperationalError, SQLITE_CANTOPEN): its file cannot be opened" in told.sentence
    told = away(sqlite_url(there, "&mode=ro"))
    assert "(OperationalError, SQLITE_READONLY): its file cannot be written" in told.sentence
    with closing(sqlite3.connect(there, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        told = away(sqlite)
        other.execute("ROLLBACK")
    assert "(OperationalError, SQLITE_BUSY): another process holds the lock" in told.sentence


def test_a_full_disk_is_told(sqlite: URL, tmp_path: Path) -> None:
    file = tmp_path / "mintpost.db"
    file.write_bytes(Path(str(sqlite.database)).read_bytes())
    database = Database(open_engine(sqlite_url(file)))

    def fill(session: Session) -> None:
        session.execute(text("PRAGMA max_page_count = 1"))
        session.execute(text("CREATE TABLE more (bytes)"))
        session.execute(text("INSERT INTO more VALUES (zeroblob(1000000))"))

    with pytest.raises(DatabaseAwayError, match=r"SQLITE_FULL\): the disk is full: make room"):
        database.write_here(fill)
    database.dispose()


def test_every_clause_is_found_by_its_code_and_by_those_of_its_class() -> None:
    for known, clause in DATABASE_REASONS.items():
        assert database_reason(known) == clause
        assert ";" not in clause
    assert database_reason("53400") == DATABASE_REASONS["53"]
    assert database_reason("57P02") == DATABASE_REASONS["57P"]
    assert database_reason("SQLITE_IOERR_WRITE") == DATABASE_REASONS["SQLITE_IOERR"]
    assert database_reason("42P01") is None
