"""Translation of a driver's exception into a cause of `domain.outages`."""

import re
import sqlite3

from sqlalchemy.exc import DBAPIError, TimeoutError as PoolTimeout

from domain.errors import DatabaseAwayError
from domain.outages import code_of, database_reason

UNTOLD = (
    # libpq gives no SQLSTATE when a connection fails (psycopg 3.3), only the server's words. The
    # words are English unless the server's `lc_messages` sets another language.
    (r'database "?.*"? does not exist|no such database', "3D000"),
    (r'role ".*" does not exist|no such user', "28000/role"),
    (r"is not permitted to log in", "28000/login"),
    (r"pg_hba\.conf", "28000"),
    (r"authentication failed|no password supplied|SASL", "28P01"),
    (r"too many (connections|clients)|remaining connection slots|no more connections", "53300"),
    (r"starting up|shutting down|in recovery mode|not yet accepting", "57P03"),
    (r"permission denied for database", "42501"),
    (r"not currently accepting connections", "55000"),
    (r"unsupported startup parameter|protocol", "08P01"),
    (r"failed to resolve host|could not translate host name", "host"),
    (r"timeout expired|timed out", "timeout"),
    (r"invalid response to SSL|expected authentication request", "stranger"),
    (r"SSL|certificate", "tls"),
    (r"Connection refused|No such file or directory|unreachable|No route", "refused"),
    (r"server closed the connection|server login|Connection reset", "08006"),
)


def cause(error: BaseException) -> str | None:
    """Return a SQLSTATE, a code of SQLite, or a word of `domain.outages`."""
    if isinstance(error, PoolTimeout):
        return "pool"
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorname", None)
    # Only psycopg's errors have one; its import would take 0.1 s of each command on SQLite.
    if not hasattr(error, "sqlstate"):
        return None
    return error.sqlstate or _read(str(error))


def away(error: DBAPIError | PoolTimeout) -> DatabaseAwayError:
    why = cause(driver_error(error))
    return DatabaseAwayError(named(error), database_reason(why))


def named(error: DBAPIError | PoolTimeout) -> str:
    """Return the class of the error and its code, if it has one, to search the web for."""
    driver = driver_error(error)
    code = code_of(cause(driver))
    kind = type(driver).__name__
    return kind if code is None else f"{kind}, {code}"


def driver_error(error: DBAPIError | PoolTimeout) -> BaseException:
    return getattr(error, "orig", None) or error


def _read(words: str) -> str | None:
    # `db.engine` has already replaced such words by a cause.
    if database_reason(words) is not None:
        return words
    return next((found for pattern, found in UNTOLD if re.search(pattern, words)), None)
