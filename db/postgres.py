"""Opens PostgreSQL so that a dead host is noticed, and no error quotes a value."""

import psycopg
from sqlalchemy import URL, Engine, ExceptionContext, create_engine, event

from db.causes import cause

NOTICE_DEATH = {
    "keepalives": 1,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
"""libpq probes a silent server and gives up after a minute. Without probes, a vanished host would
hold our threads for hours. Unix sockets have no probes. The URL may set other values."""

SAME_EVERYWHERE: dict[str, str | None] = {
    # A pooler may give each transaction a new session of the server, and the new session does not
    # know the statements that psycopg prepares by itself.
    "prepare_threshold": None,
    # A role or a database may set another encoding, in which some names cannot be written.
    "client_encoding": "utf8",
}


def open_postgres(url: URL, patience_seconds: float, pool_size: int) -> Engine:
    engine = create_engine(
        url,
        # Parameters hold buyers' addresses, and errors end in logs and in Temporal.
        hide_parameters=True,
        pool_pre_ping=True,
        pool_size=pool_size,
        pool_timeout=patience_seconds,
        connect_args={
            **{name: value for name, value in NOTICE_DEATH.items() if name not in url.query},
            "connect_timeout": max(1, round(patience_seconds)),
            **SAME_EVERYWHERE,
        },
        # SQLAlchemy puts this into every BEGIN, because a role may have another default.
        isolation_level="READ COMMITTED",
    )
    event.listen(engine, "connect", _read_times_as_written)
    event.listen(engine, "handle_error", _drop_quoted_values)
    event.listen(engine, "handle_error", _leave_what_is_read_only)
    return engine


def _read_times_as_written(connection: psycopg.Connection, _record: object) -> None:
    """Replace the DateStyle of a role, because psycopg reads times in ISO style only.

    PgBouncer follows this setting, and applies it to every session that serves us. PgBouncer
    refuses the connection parameter `options`, so the style cannot be set while connecting.
    """
    if not (connection.pgconn.parameter_status(b"DateStyle") or b"").startswith(b"ISO"):
        connection.execute("SET datestyle = 'ISO'")
        connection.commit()


def _drop_quoted_values(context: ExceptionContext) -> None:
    """Keep only the constraint or the cause, because PostgreSQL's message quotes the row."""
    error, wrapped = context.original_exception, context.sqlalchemy_exception
    if isinstance(error, psycopg.Error) and wrapped is not None:
        error.args = (error.diag.constraint_name or cause(error) or "",)
        wrapped.args = (f"({type(error).__name__}) {error}",)


def _leave_what_is_read_only(context: ExceptionContext) -> None:
    """Connect anew, because after a failover the session stays read-only or at the old primary."""
    if isinstance(context.original_exception, psycopg.errors.ReadOnlySqlTransaction):
        context.is_disconnect = True
