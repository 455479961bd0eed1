"""Checks DATABASE_URL at start, because a driver reports a wrong URL late and as an outage.

No sentence quotes the URL, because it may hold a password.
"""

import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import psycopg
from psycopg.conninfo import make_conninfo
from pydantic import AfterValidator, SecretStr
from sqlalchemy import URL
from sqlalchemy.exc import ArgumentError, SAWarning

from db.engine import database_url
from settings.files import file_trouble, folder_trouble, os_words

LAST_PORT = 65_535
SSL_MODES = {"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}
SSL_FILES = ("sslrootcert", "sslcert", "sslkey")
NUMBERS = (
    "connect_timeout",
    "keepalives",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
    "tcp_user_timeout",
)
PSYCOPG = {"autocommit", "prepare_threshold"}
"""Options of the driver that libpq does not know."""

NEITHER = (
    "is neither sqlite:///folder/file.db nor postgresql://user:password@host/name "
    "(where the password has :, / or @, write it percent-encoded)"
)


def _usable(secret: SecretStr) -> SecretStr:
    try:
        url = database_url(secret.get_secret_value())
        arguments = _arguments(url)
    except (ArgumentError, ValueError, TypeError, SAWarning):
        # The parser's message may quote a password.
        raise ValueError(NEITHER) from None
    troubles = (
        _of_sqlite(url) if url.get_backend_name() == "sqlite" else _of_postgres(url, arguments)
    )
    if (trouble := next(troubles, None)) is not None:
        raise ValueError(trouble)
    return secret


def _arguments(url: URL) -> dict[str, object]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # For options that SQLite's driver would ignore.
        dialect = url.get_dialect()
        # SQLAlchemy's own dialects need no argument.
        make: Callable[[], object] = dialect
        return dict(make().create_connect_args(url)[1])  # type: ignore[attr-defined]


def _of_sqlite(url: URL) -> Iterator[str]:
    if url.database in {None, "", ":memory:"}:
        yield "is a database in memory, where no other process finds it: sqlite:///folder/file.db"
        return
    file = Path(str(url.database))
    if (why := folder_trouble(file.parent)) is not None:
        yield f"names a file in no folder: {why}"
    if (why := _no_file(file)) is not None:
        yield f"names no file that can be a database: {why}"


def _no_file(file: Path) -> str | None:
    # Permissions are not checked, because a person may fix them while the process waits.
    try:
        return "it is a folder" if file.is_dir() else None
    except PermissionError:
        return None
    except (OSError, ValueError) as error:
        return os_words(error)


def _of_postgres(url: URL, arguments: dict[str, object]) -> Iterator[str]:
    given = {name: str(value) for name, value in arguments.items()}
    if url.port == 0 or not all(
        _is_port(port) for port in given.get("port", "5432").split(",") if port
    ):
        yield f"has a port that is none of 1 to {LAST_PORT}"
    if given.get("sslmode", "prefer") not in SSL_MODES:
        yield f"has an sslmode that is none of {', '.join(sorted(SSL_MODES))}"
    for name in SSL_FILES:
        path = given.get(name, "system")
        if path != "system" and (why := file_trouble(Path(path))) is not None:
            yield f"names a file as {name} that cannot be read: {why}"
    for name in NUMBERS:
        if name in given and not given[name].lstrip("-").isdecimal():
            yield f"has a {name} that is no number"
    known = {name: value for name, value in given.items() if name not in PSYCOPG}
    try:
        make_conninfo(**known)
    except (psycopg.Error, ValueError):
        yield "has an option that PostgreSQL does not know"


def _is_port(text: str) -> bool:
    return text.isdecimal() and 0 < int(text[:6]) <= LAST_PORT


DatabaseUrl = Annotated[SecretStr, AfterValidator(_usable)]
