"""Keeps the provider's reports of mails, the alerts that were told, and which bodies were dropped.

The indexes of failed events and of lost mails keep a list of them from reading every row.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
FAILED = sa.text("outcome = 'failed'")
LOST = sa.text("kind IN ('turned_away', 'bounced', 'complained')")


def upgrade() -> None:
    op.create_table(
        "mail_reports",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("delivery_id", KEY, sa.ForeignKey("deliveries.id"), nullable=False),
        sa.Column("provider", sa.String(length=50), nullable=False),
        sa.Column("report_key", sa.String(length=300), nullable=False),
        sa.Column("kind", sa.String(length=50), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("recorded_at", TIME, nullable=False),
        sa.UniqueConstraint("provider", "report_key"),
    )
    op.create_index(op.f("ix_mail_reports_delivery_id"), "mail_reports", ["delivery_id"])
    op.create_index(
        "ix_mail_reports_lost",
        "mail_reports",
        ["delivery_id"],
        sqlite_where=LOST,
        postgresql_where=LOST,
    )
    op.create_index(op.f("ix_deliveries_message_id"), "deliveries", ["message_id"])
    op.create_table(
        "alerts",
        sa.Column("cause", sa.String(length=200), primary_key=True),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("since", TIME, nullable=False),
        sa.Column("seen_at", TIME, nullable=False),
        sa.Column("told_at", TIME, nullable=True),
        sa.Column("told_count", sa.Integer(), nullable=False),
        sa.Column("closed_at", TIME, nullable=True),
    )
    op.create_table(
        "digests",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("attempt_ends_at", TIME, nullable=True),
        sa.Column("mailed_at", TIME, nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.UniqueConstraint("reference"),
    )
    op.add_column("requests", sa.Column("dropped_at", TIME, nullable=True))
    op.add_column("licenses", sa.Column("erased_at", TIME, nullable=True))
    op.create_index(
        "ix_events_failed", "events", ["id"], sqlite_where=FAILED, postgresql_where=FAILED
    )
