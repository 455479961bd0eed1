"""The tables of deliveries, resends and corrections."""

from datetime import datetime

from sqlalchemy import (
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from db.columns import BigKey, UtcDateTime
from db.tables.base import Table

IS_LOST = text("kind IN ('turned_away', 'bounced', 'complained')")


class DeliveryRow(Table):
    """One owed e-mail: one per license and reason.

    `attempt_ends_at` is the end of an attempt's lease, on the database's clock. The attempt commits
    the lease before its request leaves, and clears it only if surely nothing was sent. So a crash
    in between leaves the delivery in doubt, and the next attempt looks the mail up.
    `error` may quote the provider, perhaps with an address, so it is stored here only.
    `superseded_by` is the delivery that is sent instead of a withdrawn one.
    `letter` names the order, event or resend that owes the mail: deliveries of one letter to one
    address go out as one mail. Null: the delivery goes by itself.
    `carried_by` is the delivery whose mail has this one's license too, since the last attempt. That
    delivery alone is claimed and looked up, and has the attempts.
    """

    __tablename__ = "deliveries"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    license_id: Mapped[int] = mapped_column(ForeignKey("licenses.id"), index=True)
    reason: Mapped[str] = mapped_column(String(300))
    to: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(50))
    provider: Mapped[str | None] = mapped_column(String(50))
    message_id: Mapped[str | None] = mapped_column(Text, index=True)
    attempts: Mapped[int]
    error: Mapped[str | None] = mapped_column(Text)
    attempt_ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    superseded_by: Mapped[int | None] = mapped_column(ForeignKey("deliveries.id"))
    letter: Mapped[str | None] = mapped_column(String(300), index=True)
    carried_by: Mapped[int | None] = mapped_column(ForeignKey("deliveries.id"), index=True)

    __table_args__ = (UniqueConstraint("license_id", "reason"),)


class MailReportRow(Table):
    """A provider's report of a mail after it took the mail: delivered, bounced, complained.

    `report_key` is the provider's own id of the report, so that a repeated report is one row. `at`
    is the provider's time: the newest report decides the delivery's status. `detail` may quote the
    provider, perhaps with an address, so it is stored here only.
    """

    __tablename__ = "mail_reports"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id"), index=True)
    provider: Mapped[str] = mapped_column(String(50))
    report_key: Mapped[str] = mapped_column(String(300))
    kind: Mapped[str] = mapped_column(String(50))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    detail: Mapped[str | None] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        UniqueConstraint("provider", "report_key"),
        Index(
            "ix_mail_reports_lost", "delivery_id", sqlite_where=IS_LOST, postgresql_where=IS_LOST
        ),
    )


class ResendRow(Table):
    """One more e-mail, with the person who asked, the reason and the previous address.

    `sale_id` is the order line that the person named. In a membership it may be any charge.
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
    """A corrected address from a person, for every license that the order has or will have."""

    __tablename__ = "corrections"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    source: Mapped[str] = mapped_column(String(50))
    order_id: Mapped[str] = mapped_column(String(200))
    to: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[str] = mapped_column(Text)
    asked_why: Mapped[str | None] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_corrections_order", "source", "order_id"),)
