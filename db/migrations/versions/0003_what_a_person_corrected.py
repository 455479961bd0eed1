"""Keeps a person's corrections: also before there is a license, and against later charges."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "corrections",
        sa.Column("id", KEY, nullable=False),
        sa.Column("source", sa.String(length=50), nullable=False),
        sa.Column("order_id", sa.String(length=200), nullable=False),
        sa.Column("to", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_why", sa.Text(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
    )
    op.create_index("ix_corrections_order", "corrections", ["source", "order_id"])
    _refer("licenses", "correction_id", "corrections")
    _refer("deliveries", "superseded_by", "deliveries")
    _take_over_resends()


def _refer(table: str, column: str, to: str) -> None:
    # SQLite adds no constraint to a table that is there, except with the column itself.
    reference = sa.ForeignKey(f"{to}.id", name=op.f(f"fk_{table}_{column}"))
    op.add_column(table, sa.Column(column, KEY, reference, nullable=True), inline_references=True)


def _take_over_resends() -> None:
    """Make each resend to another address a correction, and bind its license to the last one.

    A license that a charge gave back to the very address that was corrected returns to the
    right one; where a charge named a third, the license stays there.
    """
    op.execute("""
        INSERT INTO corrections (id, source, order_id, "to", asked_by, asked_why, asked_at)
        SELECT resends.id, sales.source, sales.order_id, deliveries."to",
               resends.asked_by, resends.asked_why, resends.asked_at
        FROM resends
        JOIN sales ON sales.id = resends.sale_id
        JOIN deliveries ON deliveries.id = resends.delivery_id
        WHERE deliveries."to" <> resends.previous_to
    """)
    last = """
        SELECT max(corrections.id) FROM corrections
        JOIN resends ON resends.id = corrections.id
        WHERE resends.license_id = licenses.id
    """
    op.execute(f"""
        UPDATE licenses SET correction_id = ({last})
        WHERE EXISTS (
            SELECT 1 FROM corrections JOIN resends ON resends.id = corrections.id
            WHERE corrections.id = ({last})
            AND licenses.email IN (corrections."to", resends.previous_to)
        )
    """)  # noqa: S608 - our own words
    op.execute("""
        UPDATE licenses SET email = (
            SELECT corrections."to" FROM corrections WHERE corrections.id = licenses.correction_id
        )
        WHERE correction_id IS NOT NULL
    """)
    # What waits goes to the holder; one that may be on its way keeps the address it went to.
    op.execute("""
        UPDATE deliveries SET "to" = (
            SELECT licenses.email FROM licenses WHERE licenses.id = deliveries.license_id
        )
        WHERE status IN ('pending', 'refused') AND attempt_ends_at IS NULL AND license_id IN (
            SELECT id FROM licenses WHERE correction_id IS NOT NULL
        )
    """)
    _count_on()


def _count_on() -> None:
    """Let PostgreSQL number new corrections after those that were taken over."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("""
            SELECT setval(
                pg_get_serial_sequence('corrections', 'id'),
                greatest((SELECT max(id) FROM corrections), 1),
                EXISTS (SELECT 1 FROM corrections)
            )
        """)
