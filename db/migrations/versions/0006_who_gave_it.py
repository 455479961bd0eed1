"""Keeps the giver of a license, because a giver complains too, and no search found one."""

import json
from urllib.parse import parse_qsl

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BATCH = 1000

sales = sa.table("sales", sa.column("id"), sa.column("event_id"), sa.column("giver"))
events = sa.table("events", sa.column("id"), sa.column("body", sa.LargeBinary))


def upgrade() -> None:
    op.add_column("sales", sa.Column("giver", sa.Text(), nullable=True))
    connection, last = op.get_bind(), 0
    while gifts := connection.execute(_gifts(connection.dialect.name, last)).all():
        for gift in gifts:
            changed = sa.update(sales).where(sales.c.id == gift.id)
            connection.execute(changed.values(giver=_giver(gift.body)))
        last = gifts[-1].id


def _gifts(dialect: str, after: int) -> sa.Select[int, bytes]:
    field = sa.literal(b"gifter_email", sa.LargeBinary)
    found = sa.func.instr(events.c.body, field) > 0
    if dialect == "postgresql":
        found = sa.func.position(field.op("IN")(events.c.body)) > 0
    query = sa.select(sales.c.id, events.c.body).join(events, events.c.id == sales.c.event_id)
    return query.where(sales.c.id > after, found).order_by(sales.c.id).limit(BATCH)


def _giver(body: bytes) -> str | None:
    """Read what the storefront reads of a gift since."""
    try:
        fields = _fields(body.decode())
    except ValueError:
        return None
    named = [fields.get("full_name", ""), fields.get("gifter_email", "")]
    plain = ("".join(one for one in each if one.isprintable()).strip() for each in named)
    return " ".join(each for each in plain if each) or None


def _fields(text: str) -> dict[str, str]:
    if not text.lstrip().startswith("{"):
        return dict(parse_qsl(text))
    read = json.loads(text)
    return {name: value for name, value in read.items() if isinstance(value, str)}
