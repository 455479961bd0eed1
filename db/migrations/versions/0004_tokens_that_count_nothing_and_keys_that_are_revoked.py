"""A random id in each token, and signing keys that can be revoked."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# PostgreSQL has no other source of random bits without an extension: 122 in each.
RANDOM = {
    "sqlite": sa.text("lower(hex(randomblob(16)))"),
    "postgresql": sa.text("replace(concat(gen_random_uuid(), gen_random_uuid()), '-', '')"),
}


def upgrade() -> None:
    op.add_column("licenses", sa.Column("token_id", sa.String(100), nullable=True))
    op.add_column("licenses", sa.Column("former_token_id", sa.String(100), nullable=True))
    # The tokens that are out there name the license's number, and stay valid.
    licenses = sa.table(
        "licenses", sa.column("id"), sa.column("token_id"), sa.column("former_token_id")
    )
    former = sa.cast(licenses.c.id, sa.String(100))
    random = RANDOM[op.get_bind().dialect.name]
    op.execute(licenses.update().values(former_token_id=former, token_id=random))
    op.create_index("uq_licenses_token_id", "licenses", ["token_id"], unique=True)
    op.create_index("ix_licenses_former_token_id", "licenses", ["former_token_id"])
    op.add_column("signing_keys", sa.Column("revoked_at", sa.DateTime(timezone=True)))
    op.add_column("signing_keys", sa.Column("reason", sa.Text()))
