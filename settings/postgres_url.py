"""Checks the parts of PostgreSQL's URL, which libpq checks only when it connects."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo
from sqlalchemy import URL

from settings.files import file_trouble

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


def troubles_of_postgres(url: URL, arguments: dict[str, object]) -> Iterator[str]:
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
