"""What is sent, to whom, and what a person said of that."""

from datetime import datetime

from sqlalchemy import (
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from db.columns import BigKey, UtcDateTime
from db.tables.base import Table


class DeliveryRow(Table):
    """One e-mail that is owed: one per license and reason.

    `attempt_ends_at`, on the database's clock, is when the last attempt of unknown outcome
    ends or ended. It is committed before the request leaves, as a lease that outlasts the
    attempt, and cleared only when nothing was surely sent: so a crash in between leaves a doubt
    that the next attempt looks into. `error` may quote the provider and so hold an address; it
    is shown here and nowhere else. `superseded_by` is sent instead of one that is withdrawn.
    """

    __tablename__ = "deliveries"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    license_id: Mapped[int] = mapped_column(ForeignKey("licenses.id"), index=True)
    reason: Mapped[str] = mapped_column(String(300))
    to: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(50))
    provider: Mapped[str | None] = mapped_column(String(50))
    message_id: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int]
    error: Mapped[str | None] = mapped_column(Text)
    attempt_ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    superseded_by: Mapped[int | None] = mapped_column(ForeignKey("deliveries.id"))

    __table_args__ = (UniqueConstraint("license_id", "reason"),)


class ResendRow(Table):
    """One more e-mail that a person asked for, with who, why, and whom it went to before.

    `sale_id` is the order line they named: of a membership any charge, not only its first.
    """

    __tablename__ = "resends"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    license_id: Mapped[int] = mapped_column(ForeignKey("licenses.id"))
    sale_id: Mapped[int] = mapped_column(ForeignKey("sales.id"))
    number: Mapped[int]
    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id"))
    previous_to: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[str] = mapped_column(Text)
    asked_why: Mapped[str | None] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    dispatched_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (UniqueConstraint("license_id", "number"),)


class CorrectionRow(Table):
    """The address that a person gave for an order's licenses: those there are, and will be."""

    __tablename__ = "corrections"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    source: Mapped[str] = mapped_column(String(50))
    order_id: Mapped[str] = mapped_column(String(200))
    to: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[str] = mapped_column(Text)
    asked_why: Mapped[str | None] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_corrections_order", "source", "order_id"),)
