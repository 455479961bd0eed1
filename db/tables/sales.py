"""The table of sales."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
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


class SaleRow(Table):
    """One parsed order line. The first reading of an order wins: later events change nothing.

    Only the address may come from a later event, and only until `minted_at`, when the order line
    got or extended a license.
    `giver` holds name and address of the person who paid for a gift.
    `charge`, `months`, `paid_until` and `shop_key` are those of `domain.facts.Payment`; null in
    rows from before migration 0008. `decided` is the mapping's decision as `domain.decisions` has
    it, and null until the order line is minted, and in rows of a version before 0008.
    `subscription_line` and `specific_ids` are those of `domain.facts.OrderLine` and its product;
    no ids stand in rows from before migration 0011. `license_id` is the license for which the
    payment counts: null until then, and in rows from before 0011. It is no foreign key, because
    licenses refer to sales already.
    """

    __tablename__ = "sales"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    source: Mapped[str] = mapped_column(String(50))
    order_id: Mapped[str] = mapped_column(String(200))
    line: Mapped[str] = mapped_column(String(200))
    order_number: Mapped[str | None] = mapped_column(Text)
    product_id: Mapped[str] = mapped_column(String(200))
    product_name: Mapped[str] = mapped_column(Text)
    product_aliases: Mapped[list[str]] = mapped_column(JSON)
    variants: Mapped[list[list[str]]] = mapped_column(JSON)
    quantity: Mapped[int] = mapped_column(BigInteger)
    price_cents: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(Text)
    offer_code: Mapped[str | None] = mapped_column(Text)
    email: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    subscription_id: Mapped[str | None] = mapped_column(String(200))
    test: Mapped[bool]
    sold_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    minted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    giver: Mapped[str | None] = mapped_column(Text)
    charge: Mapped[bool | None]
    months: Mapped[int | None]
    paid_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    shop_key: Mapped[str | None] = mapped_column(Text)
    decided: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    subscription_line: Mapped[str] = mapped_column(String(200), server_default="")
    specific_ids: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    license_id: Mapped[int | None] = mapped_column(BigKey)

    __table_args__ = (
        UniqueConstraint("source", "order_id", "line"),
        Index("ix_sales_subscription", "source", "subscription_id"),
        # An app may ask for the storefront's key before the license is minted.
        Index(
            "ix_sales_unminted_key",
            "shop_key",
            sqlite_where=text("minted_at IS NULL AND shop_key IS NOT NULL"),
            postgresql_where=text("minted_at IS NULL AND shop_key IS NOT NULL"),
        ),
    )
