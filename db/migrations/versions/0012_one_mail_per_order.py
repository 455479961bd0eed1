"""Joins the deliveries of one order or event into one mail.

Deliveries of older versions keep no letter, so that a mail that waits now goes as it was promised.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("deliveries", sa.Column("letter", sa.String(length=300), nullable=True))
    # SQLite adds no constraint to a table that is there, except with the column itself.
    reference = sa.ForeignKey("deliveries.id", name=op.f("fk_deliveries_carried_by"))
    carried_by = sa.Column("carried_by", KEY, reference, nullable=True)
    op.add_column("deliveries", carried_by, inline_references=True)
    op.create_index("ix_deliveries_letter", "deliveries", ["letter"])
    op.create_index("ix_deliveries_carried_by", "deliveries", ["carried_by"])
