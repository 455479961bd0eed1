"""Checks DATABASE_URL at start, because a driver reports a wrong URL late and as an outage.

No sentence quotes the URL, because it may hold a password.
"""

import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, SecretStr
from sqlalchemy import URL
from sqlalchemy.exc import ArgumentError, SAWarning

from db.engine import database_url
from settings.files import folder_trouble, os_words

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
    is_sqlite = url.get_backend_name() == "sqlite"
    troubles = _of_sqlite(url) if is_sqlite else _of_postgres(url, arguments)
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
    # Only here: psycopg's import takes a tenth of a second, which SQLite's commands do without.
    from settings.postgres_url import troubles_of_postgres  # noqa: PLC0415

    return troubles_of_postgres(url, arguments)


DatabaseUrl = Annotated[SecretStr, AfterValidator(_usable)]
