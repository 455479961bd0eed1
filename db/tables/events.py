"""Events, and the requests that brought them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from db.columns import BigKey, UtcDateTime
from db.tables.base import Table


class EventRow(Table):
    """One event of a storefront, with its run and its outcome.

    `outcome` is null while the row is open. `event_key` is the storefront's own id of the event,
    so that a repeated event is one row. It is null if the storefront has no such id.
    """

    __tablename__ = "events"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    source: Mapped[str] = mapped_column(String(50))
    origin: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(50))
    order_id: Mapped[str | None] = mapped_column(String(200))
    product_id: Mapped[str | None] = mapped_column(String(200))
    event_key: Mapped[str | None] = mapped_column(String(200))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    workflow_id: Mapped[str | None] = mapped_column(String(500))
    dispatched_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(String(100))
    error: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        UniqueConstraint("source", "event_key"),
        Index("ix_events_order", "source", "order_id"),
        # The relay looks for these rows every second. A partial index keeps old rows out.
        Index(
            "ix_events_open",
            "id",
            sqlite_where=text("outcome IS NULL"),
            postgresql_where=text("outcome IS NULL"),
        ),
        Index(
            "ix_events_failed",
            "id",
            sqlite_where=text("outcome = 'failed'"),
            postgresql_where=text("outcome = 'failed'"),
        ),
    )


class RequestRow(Table):
    """The authenticated request of an event, byte for byte.

    An event from a list or from an operator has no request. `body` holds the part that the API
    keeps, and `body_bytes` the size of the whole body. `matched_secret` is the position of the
    matched secret. `secret_label` is its label, and null in rows from before labels. `dropped_at`:
    a person had body, sender and headers dropped.
    """

    __tablename__ = "requests"

    event_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("events.id"), primary_key=True, autoincrement=False
    )
    request_id: Mapped[UUID] = mapped_column(unique=True)
    sender: Mapped[str | None] = mapped_column(Text)
    content_type: Mapped[str] = mapped_column(Text)
    headers: Mapped[list[list[str]]] = mapped_column(JSON)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    body_bytes: Mapped[int] = mapped_column(BigInteger)
    matched_secret: Mapped[int]
    secret_label: Mapped[str | None] = mapped_column(String(50))
    dropped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AnswerRow(Table):
    """An answer of a shop's API to a question that an event's reading had.

    `path` is the question's, and `status` that of HTTP: the shop knows the object (200), or not
    (404). `at` is the time of the question.
    """

    __tablename__ = "answers"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    path: Mapped[str] = mapped_column(Text)
    status: Mapped[int]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (UniqueConstraint("event_id", "path"),)
