"""Requests apart from events, and facts: bytes may expire, and the books stay.

The ids of events stay, because workflows that run carry them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)

STAY = (
    "id, source, kind, order_id, product_id, received_at, "
    "workflow_id, dispatched_at, outcome, error, note, closed_at"
)
MOVE = "request_id, sender, content_type, headers, body, body_bytes, matched_secret"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        _divide_on_postgresql()
    else:
        _divide_on_sqlite()
    op.create_index("ix_events_order", "events", ["source", "order_id"])
    is_open = sa.text("outcome IS NULL")
    op.create_index(
        "ix_events_open", "events", ["id"], sqlite_where=is_open, postgresql_where=is_open
    )
    _create_facts()


def _divide_on_postgresql() -> None:
    """Rename the old table to `requests`, so that no body is written again.

    The new table of events is small. Dropping columns changes the catalog alone.
    """
    op.drop_index("ix_events_open", "events")
    op.drop_index("ix_events_order", "events")
    op.drop_constraint("fk_sales_event_id", "sales")
    op.rename_table("events", "requests")
    op.alter_column("requests", "id", new_column_name="event_id", server_default=None)
    for name in ("pk_{}", "uq_{}_request_id"):
        old, new = name.format("events"), name.format("requests")
        op.execute(f"ALTER TABLE requests RENAME CONSTRAINT {old} TO {new}")
    number = sa.text("nextval('events_id_seq')")
    _create_events("events", sa.Column("id", KEY, server_default=number, nullable=False))
    # PostgreSQL drops a sequence together with the column that owns the sequence.
    op.execute("ALTER SEQUENCE events_id_seq OWNED BY events.id")
    _take_over("events", STAY.replace("id, ", "event_id, ", 1), "requests")
    for name in STAY.split(", ")[1:]:
        op.drop_column("requests", name)
    op.add_column("requests", sa.Column("secret_label", sa.String(50), nullable=True))
    op.create_foreign_key("fk_requests_event_id", "requests", "events", ["event_id"], ["id"])
    op.create_foreign_key("fk_sales_event_id", "sales", "events", ["event_id"], ["id"])


def _divide_on_sqlite() -> None:
    """Copy both halves, because SQLite writes the whole table again for each dropped column.

    `db.migrating` has switched foreign keys off, because `sales` refers to the dropped table.
    """
    op.create_table(
        "requests",
        sa.Column("event_id", KEY, nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=True),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("body_bytes", sa.BigInteger(), nullable=False),
        sa.Column("matched_secret", sa.Integer(), nullable=False),
        sa.Column("secret_label", sa.String(length=50), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_requests_event_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_requests")),
        sa.UniqueConstraint("request_id", name=op.f("uq_requests_request_id")),
    )
    op.execute(
        f"INSERT INTO requests (event_id, {MOVE}) SELECT id, {MOVE} FROM events ORDER BY id"  # noqa: S608 - our own words
    )
    _create_events("new_events", sa.Column("id", KEY, nullable=False))
    _take_over("new_events", STAY, "events")
    op.drop_table("events")
    op.rename_table("new_events", "events")


def _create_events(table: str, key: sa.Column[int]) -> None:
    op.create_table(
        table,
        key,
        sa.Column("source", sa.String(length=50), nullable=False),
        sa.Column("origin", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=50), nullable=False),
        sa.Column("order_id", sa.String(length=200), nullable=True),
        sa.Column("product_id", sa.String(length=200), nullable=True),
        sa.Column("event_key", sa.String(length=200), nullable=True),
        sa.Column("received_at", TIME, nullable=False),
        sa.Column("workflow_id", sa.String(length=500), nullable=True),
        sa.Column("dispatched_at", TIME, nullable=True),
        sa.Column("outcome", sa.String(length=100), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("closed_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sa.UniqueConstraint("source", "event_key", name=op.f("uq_events_source_event_key")),
    )


def _take_over(table: str, columns: str, old: str) -> None:
    """Copy the events. Version 0006 knew no other origin than the webhook."""
    op.execute(
        f"INSERT INTO {table} ({STAY}, origin) SELECT {columns}, 'webhook' FROM {old} ORDER BY 1"  # noqa: S608 - our own words
    )


def _create_facts() -> None:
    op.create_table(
        "facts",
        sa.Column("id", KEY, nullable=False),
        sa.Column("event_id", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=50), nullable=False),
        sa.Column("kind", sa.String(length=50), nullable=False),
        sa.Column("order_id", sa.String(length=200), nullable=True),
        sa.Column("subscription_id", sa.String(length=200), nullable=True),
        sa.Column("at", TIME, nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_facts_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facts")),
        sa.UniqueConstraint("event_id", "number", name=op.f("uq_facts_event_id_number")),
    )
    op.create_index("ix_facts_order", "facts", ["source", "order_id"])
    op.create_index("ix_facts_subscription", "facts", ["source", "subscription_id"])
