"""The tables of alerts."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from db.columns import BigKey, UtcDateTime
from db.tables.base import Table


class AlertRow(Table):
    """A cause of trouble, kept for as long as it stands or must not be told again.

    `seen_at` is the last time at which any process saw it. `told_at` is the time of the last digest
    with it, so that several APIs tell it once an hour, and `told_count` the number of sales in it.
    `closed_at` is the closing note after that digest.
    """

    __tablename__ = "alerts"

    cause: Mapped[str] = mapped_column(String(200), primary_key=True)
    sentence: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    told_count: Mapped[int]
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class DigestRow(Table):
    """A digest that the worker mails to the operator.

    `attempt_ends_at` is the end of an attempt's lease, so that two workers mail it once.
    `note` says why it is not mailed, or that it was only written down.
    """

    __tablename__ = "digests"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    reference: Mapped[str] = mapped_column(String(40), unique=True)
    subject: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempt_ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    mailed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    note: Mapped[str | None] = mapped_column(Text)
