"""The tables of licenses, of their history and of their further keys."""

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

from db.columns import BigKey, EndOfDay, UtcDateTime
from db.tables.base import Table


class LicenseRow(Table):
    """A license: one per order line and one per line of a subscription, for ever.

    `products_sha256` is the hash of the products.yaml that decided tier, term and seats.
    `token_id` is the `jti` of the license's tokens, and `former_token_id` the `jti` of tokens from
    before migration 0004. Versions before 0004 leave both null, and their tokens carry the id.
    `correction_id` is the last correction of `email` by a person. The storefront's last address
    stands in `sales`.
    `status`, `reason`, `renews`, `grace_until` and the terms are those of `domain.lifecycle.Life`.
    `changes_at` is the next moment at which a known fact takes effect.
    `device_limit` is the operator's word; null: the product mapping says it.
    `token` is the current token; null: the worker has yet to sign it, as after each change.
    `token_signed_by` names key and issuer.
    `subscription_line` is that of the payment that minted the license.
    `erased_at`: a person had the holder's data erased, so no mail waits for an address.
    """

    __tablename__ = "licenses"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    sale_id: Mapped[int] = mapped_column(ForeignKey("sales.id"))
    key: Mapped[str] = mapped_column(String(100), unique=True)
    source: Mapped[str] = mapped_column(String(50))
    order_id: Mapped[str] = mapped_column(String(200))
    line: Mapped[str] = mapped_column(String(200))
    subscription_id: Mapped[str | None] = mapped_column(String(200))
    product_id: Mapped[str] = mapped_column(String(200))
    product_name: Mapped[str] = mapped_column(Text)
    tier: Mapped[str] = mapped_column(String(100))
    email: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    seats: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[str] = mapped_column(String(50))
    test: Mapped[bool]
    products_sha256: Mapped[str] = mapped_column(String(64))
    correction_id: Mapped[int | None] = mapped_column(ForeignKey("corrections.id"))
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(EndOfDay)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    token_id: Mapped[str | None] = mapped_column(String(100))
    former_token_id: Mapped[str | None] = mapped_column(String(100), index=True)
    reason: Mapped[str | None] = mapped_column(String(50))
    renews: Mapped[bool | None]
    grace_until: Mapped[datetime | None] = mapped_column(EndOfDay)
    changes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    device_limit: Mapped[int | None]
    token: Mapped[str | None] = mapped_column(Text, deferred=True)
    token_signed_by: Mapped[str | None] = mapped_column(Text, deferred=True)
    subscription_line: Mapped[str] = mapped_column(String(200), server_default="")
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        UniqueConstraint("source", "order_id", "line"),
        UniqueConstraint("source", "subscription_id", "subscription_line"),
        Index("uq_licenses_token_id", "token_id", unique=True),
        # The watcher looks for overdue changes every minute, and few licenses have one.
        Index(
            "ix_licenses_changes_at",
            "changes_at",
            sqlite_where=text("changes_at IS NOT NULL"),
            postgresql_where=text("changes_at IS NOT NULL"),
        ),
        # The worker looks for unsigned licenses every second, and few are.
        Index(
            "ix_licenses_unsigned",
            "id",
            sqlite_where=text("token IS NULL"),
            postgresql_where=text("token IS NULL"),
        ),
    )


class RemapRow(Table):
    """A change of a license by a person, to the terms of the mapping at that moment.

    `before` and `after` hold tier, seats, end and product name. There is a delivery if the holder
    gained something.
    """

    __tablename__ = "remaps"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    license_id: Mapped[int] = mapped_column(ForeignKey("licenses.id"), index=True)
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    after: Mapped[dict[str, Any]] = mapped_column(JSON)
    products_sha256: Mapped[str] = mapped_column(String(64))
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("deliveries.id"))
    asked_by: Mapped[str] = mapped_column(Text)
    asked_why: Mapped[str | None] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ChangeRow(Table):
    """A change of a license: its state before and after, and the event that caused it.

    `event_id` is null where time alone caused the change. `before` is null for a new license.
    """

    __tablename__ = "license_changes"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    license_id: Mapped[int] = mapped_column(ForeignKey("licenses.id"), index=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[dict[str, Any]] = mapped_column(JSON)


class FurtherKeyRow(Table):
    """A further key of a license: imported, or the storefront's own.

    `folded` is the key without case, blanks and dashes, so that people may type it as they like.
    """

    __tablename__ = "license_keys"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    license_id: Mapped[int] = mapped_column(ForeignKey("licenses.id"), index=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"))
    key: Mapped[str] = mapped_column(Text)
    folded: Mapped[str] = mapped_column(String(200), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
