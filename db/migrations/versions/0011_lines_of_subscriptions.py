"""Keeps the lines of subscriptions, because a subscription of two prices has two licenses.

Payments from before keep no license: each counts for the only license of its subscription.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("sales", _line())
    op.add_column("sales", sa.Column("specific_ids", sa.JSON(), nullable=True))
    op.add_column("sales", sa.Column("license_id", KEY, nullable=True))
    with op.batch_alter_table("licenses") as licenses:
        licenses.add_column(_line())
        licenses.drop_constraint("uq_licenses_source_subscription_id", type_="unique")
        licenses.create_unique_constraint(
            "uq_licenses_source_subscription_id_subscription_line",
            ["source", "subscription_id", "subscription_line"],
        )


def _line() -> sa.Column[str]:
    return sa.Column("subscription_line", sa.String(200), nullable=False, server_default="")
