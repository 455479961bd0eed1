"""The web process's rights in PostgreSQL, under a role of its own.

The web process stores requests, starts workflows, reads public keys, and answers apps that ask for
a license. With these rights, an attacker in the web process can read keys and release devices, and
can store a sale that nobody paid, for which the worker mints. The attacker can also silence alerts,
mail a text to the operator, and call an owed mail sent, so that nobody sends it. The attacker
cannot add a signing key, and cannot mint, change or take a license without a sale that the operator
sees.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from psycopg import Connection as PsycopgConnection
from sqlalchemy import Connection, Table as SqlTable, text

from db.tables import Table

API_ROLE = "mintpost_api"


@dataclass(frozen=True, slots=True)
class Rights:
    """`update` are the writable columns."""

    read: bool = True
    insert: bool = False
    delete: bool = False
    update: tuple[str, ...] = ()


API_MAY = {
    "events": Rights(
        insert=True,
        update=("workflow_id", "dispatched_at", "outcome", "error", "note", "closed_at"),
    ),
    "requests": Rights(insert=True),
    "answers": Rights(),
    "facts": Rights(),
    "sales": Rights(),
    "licenses": Rights(),
    "deliveries": Rights(
        update=("status", "error", "provider", "message_id", "sent_at", "attempt_ends_at")
    ),
    "resends": Rights(update=("dispatched_at",)),
    "signing_keys": Rights(),
    "corrections": Rights(read=False),
    "remaps": Rights(read=False),
    "license_changes": Rights(),
    "license_keys": Rights(),
    "revocation_lists": Rights(),
    "devices": Rights(insert=True, update=("label", "last_seen"), delete=True),
    "device_releases": Rights(insert=True),
    "license_uses": Rights(insert=True, update=("uses",)),
    "answer_keys": Rights(insert=True, update=("seen_at",)),
    "answer_key_lists": Rights(),
    "mail_reports": Rights(insert=True),
    "alerts": Rights(
        insert=True,
        update=("sentence", "since", "seen_at", "told_at", "told_count", "closed_at"),
        delete=True,
    ),
    "digests": Rights(insert=True),
}
"""Every table is listed, so that a new table needs a decision."""


def grant_api(connection: Connection, password: str | None) -> None:
    """Give the role exactly the API's rights. Create the role if a password is set.

    Without role and password, all processes share one role.
    """
    if connection.dialect.name != "postgresql":
        return
    if password is not None:
        _make_role(connection, password)
    elif not _has_role(connection):
        return
    for statement in _statements(connection):
        connection.execute(text(statement))


def _make_role(connection: Connection, password: str) -> None:
    driver = connection.connection.driver_connection
    assert isinstance(driver, PsycopgConnection)  # noqa: S101 - the one driver for PostgreSQL
    # Hashed here, because a server may log the statement.
    hashed = driver.pgconn.encrypt_password(
        password.encode(), API_ROLE.encode(), b"scram-sha-256"
    ).decode()
    verb = "ALTER" if _has_role(connection) else "CREATE"
    # PostgreSQL takes no parameters here; the hash is Base64 with $ and :.
    connection.exec_driver_sql(f"{verb} ROLE {API_ROLE} LOGIN PASSWORD '{hashed}'")


def _has_role(connection: Connection) -> bool:
    found = connection.execute(
        text("SELECT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = :role)"), {"role": API_ROLE}
    )
    return bool(found.scalar_one())


def _statements(connection: Connection) -> Iterator[str]:
    name = connection.execute(text("SELECT quote_ident(current_schema())")).scalar_one()
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA {name} FROM {API_ROLE}"
    yield f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA {name} FROM {API_ROLE}"
    # Up to PostgreSQL 14, everybody may create tables in this schema.
    yield f"REVOKE CREATE ON SCHEMA {name} FROM PUBLIC"
    yield f"GRANT USAGE ON SCHEMA {name} TO {API_ROLE}"
    yield f"GRANT SELECT ON {name}.alembic_version TO {API_ROLE}"
    for table in Table.metadata.sorted_tables:
        if (rights := API_MAY.get(table.name)) is not None:
            yield from (f"GRANT {what} TO {API_ROLE}" for what in _rights(name, table, rights))


def _rights(schema: str, table: SqlTable, rights: Rights) -> Iterator[str]:
    where = f"{schema}.{table.name}"
    if rights.read:
        yield f"SELECT ON {where}"
    if rights.update:
        yield f"UPDATE ({', '.join(rights.update)}) ON {where}"
    if rights.delete:
        yield f"DELETE ON {where}"
    if rights.insert:
        yield f"INSERT ON {where}"
        if table.autoincrement_column is not None:
            yield f"USAGE ON SEQUENCE {where}_id_seq"
