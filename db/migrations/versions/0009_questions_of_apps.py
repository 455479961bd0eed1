"""Keeps activated devices, current tokens and answer keys, because apps ask for licenses.

Tokens of older licenses stay null: the worker signs them after its next start.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("licenses", sa.Column("device_limit", sa.Integer(), nullable=True))
    op.add_column("licenses", sa.Column("token", sa.Text(), nullable=True))
    op.add_column("licenses", sa.Column("token_signed_by", sa.Text(), nullable=True))
    unsigned = sa.text("token IS NULL")
    op.create_index(
        "ix_licenses_unsigned",
        "licenses",
        ["id"],
        sqlite_where=unsigned,
        postgresql_where=unsigned,
    )
    unminted = sa.text("minted_at IS NULL AND shop_key IS NOT NULL")
    op.create_index(
        "ix_sales_unminted_key",
        "sales",
        ["shop_key"],
        sqlite_where=unminted,
        postgresql_where=unminted,
    )
    _devices()
    _answer_keys()


def _devices() -> None:
    op.create_table(
        "devices",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("license_id", KEY, sa.ForeignKey("licenses.id"), nullable=False),
        sa.Column("device_hash", sa.String(32), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("activated_at", TIME, nullable=False),
        sa.Column("last_seen", TIME, nullable=False),
        sa.Column("extra", sa.JSON(), nullable=True),
        sa.UniqueConstraint("license_id", "device_hash"),
    )
    op.create_table(
        "device_releases",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("license_id", KEY, sa.ForeignKey("licenses.id"), nullable=False),
        sa.Column("released_by", sa.String(20), nullable=False),
        sa.Column("released_at", TIME, nullable=False),
    )
    columns = ["license_id", "released_at"]
    op.create_index("ix_device_releases_license", "device_releases", columns)
    op.create_table(
        "license_uses",
        sa.Column("license_id", KEY, sa.ForeignKey("licenses.id"), primary_key=True),
        sa.Column("uses", sa.BigInteger(), nullable=False),
    )


def _answer_keys() -> None:
    op.create_table(
        "answer_keys",
        sa.Column("kid", sa.String(100), primary_key=True),
        sa.Column("x", sa.String(100), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("seen_at", TIME, nullable=False),
        sa.Column("withdrawn_at", TIME, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
    )
    op.create_table(
        "answer_key_lists",
        sa.Column("seq", KEY, primary_key=True),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("signed_at", TIME, nullable=False),
    )
