"""Refusal of PostgreSQL settings that would lose or break something, each with its cure."""

from collections.abc import Iterator

from sqlalchemy import Connection, text

SHORTEST_SECONDS = 10
"""A list over years of sales takes seconds, so a shorter timeout of the server breaks it."""

TIMEOUTS = ("statement_timeout", "idle_in_transaction_session_timeout", "transaction_timeout")

SETTINGS = text("SELECT name, reset_val FROM pg_settings WHERE name = ANY(:names)")
WITHOUT_END = text("SELECT set_config(name, '0', true) FROM pg_settings WHERE name = ANY(:names)")


class UnfitDatabaseError(Exception):
    """PostgreSQL has unfit settings for our user in this database, with a sentence for each."""


def refuse_unfit(connection: Connection) -> None:
    """Raise UnfitDatabaseError for unfit settings.

    The transaction then has no timeout, because migrations may take long.
    """
    if connection.dialect.name != "postgresql":
        return
    connection.execute(WITHOUT_END, {"names": [*TIMEOUTS, "lock_timeout"]})
    if problems := list(_problems(connection)):
        raise UnfitDatabaseError("\n".join(problems))


def _problems(connection: Connection) -> Iterator[str]:
    database = connection.execute(text("SELECT quote_ident(current_database())")).scalar_one()
    found = _settings(connection)
    if (encoding := connection.execute(text("SHOW server_encoding")).scalar_one()) != "UTF8":
        yield (
            f"the database stores text as {encoding}, which cannot hold every name: make one with "
            "`CREATE DATABASE mintpost ENCODING 'UTF8' TEMPLATE template0;`, bring over what this "
            "one holds with pg_dump and psql, and set DATABASE_URL to it"
        )
    mend = f"`ALTER ROLE CURRENT_USER IN DATABASE {database} SET"
    for name in TIMEOUTS:
        if 0 < int(found.get(name, 0)) < SHORTEST_SECONDS * 1000:
            yield (
                f"{name} is {found[name]} ms for this user, and what works may take longer: run "
                f"{mend} {name} = '60s';` in the database as the same user"
            )
    if found["default_transaction_read_only"] == "on":
        yield (
            "default_transaction_read_only is on for this user, who must write: run "
            f"{mend} default_transaction_read_only = off;` in the database as the same user"
        )


def _settings(connection: Connection) -> dict[str, str]:
    """Return the settings of a new session, because this session's own timeouts are off."""
    names = [*TIMEOUTS, "default_transaction_read_only"]
    return {row.name: row.reset_val for row in connection.execute(SETTINGS, {"names": names})}
