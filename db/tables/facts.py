"""The table of facts."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.columns import BigKey, UtcDateTime
from db.tables.base import Table


class FactRow(Table):
    """One fact of an event. `at` is the storefront's time; `content` has its other fields.

    `decided` is the mapping's decision about the plan that the fact names, if it names one.
    """

    __tablename__ = "facts"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    number: Mapped[int]
    source: Mapped[str] = mapped_column(String(50))
    kind: Mapped[str] = mapped_column(String(50))
    order_id: Mapped[str | None] = mapped_column(String(200))
    subscription_id: Mapped[str | None] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    decided: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))

    __table_args__ = (
        UniqueConstraint("event_id", "number"),
        Index("ix_facts_order", "source", "order_id"),
        Index("ix_facts_subscription", "source", "subscription_id"),
    )
