"""Keeps the time at which a sale got its license, so that no repeated charge decides it again."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sales", sa.Column("minted_at", sa.DateTime(timezone=True), nullable=True))
    # Whatever was settled well, or has a license of its own, was minted.
    op.execute("""
        UPDATE sales SET minted_at = created_at
        WHERE EXISTS (
            SELECT 1 FROM licenses WHERE licenses.sale_id = sales.id
        ) OR EXISTS (
            SELECT 1 FROM events
            WHERE events.source = sales.source AND events.order_id = sales.order_id
            AND events.outcome IN ('fulfilled', 'renewed')
        ) OR EXISTS (
            SELECT 1 FROM deliveries JOIN licenses ON licenses.id = deliveries.license_id
            WHERE licenses.source = sales.source
            AND deliveries.reason = 'charge:' || sales.order_id
        )
    """)
