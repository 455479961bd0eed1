"""Records who had a license decided again by another mapping, when and why."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "remaps",
        sa.Column("id", KEY, nullable=False),
        sa.Column("license_id", KEY, nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("products_sha256", sa.String(length=64), nullable=False),
        sa.Column("delivery_id", KEY, nullable=True),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_why", sa.Text(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["license_id"], ["licenses.id"], name=op.f("fk_remaps_license_id")),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.id"], name=op.f("fk_remaps_delivery_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remaps")),
    )
    op.create_index(op.f("ix_remaps_license_id"), "remaps", ["license_id"])
