"""Keeps the state and the history of a license, because a license is a function of its facts.

Decisions about older payments stay null. The first event that touches an older license derives
them from the license as it stands, so that this migration rewrites no row.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("sales", sa.Column("charge", sa.Boolean(), nullable=True))
    op.add_column("sales", sa.Column("months", sa.Integer(), nullable=True))
    op.add_column("sales", sa.Column("paid_until", TIME, nullable=True))
    op.add_column("sales", sa.Column("shop_key", sa.Text(), nullable=True))
    op.add_column("sales", sa.Column("decided", sa.JSON(), nullable=True))
    op.create_index("ix_sales_subscription", "sales", ["source", "subscription_id"])
    op.add_column("facts", sa.Column("decided", sa.JSON(), nullable=True))
    op.add_column("licenses", sa.Column("reason", sa.String(50), nullable=True))
    op.add_column("licenses", sa.Column("renews", sa.Boolean(), nullable=True))
    op.add_column("licenses", sa.Column("grace_until", TIME, nullable=True))
    op.add_column("licenses", sa.Column("changes_at", TIME, nullable=True))
    known = sa.text("changes_at IS NOT NULL")
    op.create_index(
        "ix_licenses_changes_at",
        "licenses",
        ["changes_at"],
        sqlite_where=known,
        postgresql_where=known,
    )
    _history()
    _keys()
    _revocation_lists()


def _history() -> None:
    op.create_table(
        "license_changes",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("license_id", KEY, sa.ForeignKey("licenses.id"), nullable=False),
        sa.Column("event_id", KEY, sa.ForeignKey("events.id"), nullable=True),
        sa.Column("at", TIME, nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=False),
    )
    op.create_index("ix_license_changes_license_id", "license_changes", ["license_id"])
    op.create_index("ix_license_changes_event_id", "license_changes", ["event_id"])


def _keys() -> None:
    op.create_table(
        "license_keys",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("license_id", KEY, sa.ForeignKey("licenses.id"), nullable=False),
        sa.Column("event_id", KEY, sa.ForeignKey("events.id"), nullable=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("folded", sa.String(200), nullable=False, unique=True),
        sa.Column("created_at", TIME, nullable=False),
    )
    op.create_index("ix_license_keys_license_id", "license_keys", ["license_id"])


def _revocation_lists() -> None:
    op.create_table(
        "revocation_lists",
        sa.Column("seq", KEY, primary_key=True),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("changes", sa.BigInteger(), nullable=False),
        sa.Column("signed_at", TIME, nullable=False),
    )
