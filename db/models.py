"""The tables. Each unique constraint here is a promise; `docs/adr` says which."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from db.columns import BigKey, EndOfDay, UtcDateTime


class Table(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Event(Table):
    """The audit row: one authenticated request, byte for byte, and what became of it.

    `outcome` is null while the row is open. `body` holds at most what the API keeps; `body_bytes`
    is the size of all. `matched_secret` is the position of the secret that let it in.
    """

    __tablename__ = "events"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    request_id: Mapped[UUID] = mapped_column(unique=True)
    source: Mapped[str] = mapped_column(String(50))
    kind: Mapped[str] = mapped_column(String(50))
    order_id: Mapped[str | None] = mapped_column(String(200))
    product_id: Mapped[str | None] = mapped_column(String(200))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sender: Mapped[str | None] = mapped_column(Text)
    content_type: Mapped[str] = mapped_column(Text)
    headers: Mapped[list[list[str]]] = mapped_column(JSON)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    body_bytes: Mapped[int] = mapped_column(BigInteger)
    matched_secret: Mapped[int]
    workflow_id: Mapped[str | None] = mapped_column(String(500))
    dispatched_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(String(100))
    error: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index("ix_events_order", "source", "order_id"),
        # The relay asks for these every second; partial, so that history costs it nothing.
        Index(
            "ix_events_open",
            "id",
            sqlite_where=text("outcome IS NULL"),
            postgresql_where=text("outcome IS NULL"),
        ),
    )


class SaleRow(Table):
    """One parsed order line. The first reading of an order wins: later pings change nothing.

    Only the address may be a later ping's, until `minted_at`, when it got its license, new or
    extended; what was decided then stays.
    `giver` is who paid, name and address, where another got it as a gift.
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

    __table_args__ = (UniqueConstraint("source", "order_id", "line"),)


class Correction(Table):
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


class LicenseRow(Table):
    """One license per order line and one per subscription, for ever.

    `products_sha256` is the hash of the products.yaml that decided tier, term and seats.
    `token_id` is the `jti` of its tokens, and `former_token_id` that of its tokens from before
    migration 0004. A version from before it leaves both null, and its tokens carry the id.
    `correction_id` is what a person said last of `email`; what the storefront said last stands
    in `sales`.
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

    __table_args__ = (
        UniqueConstraint("source", "order_id", "line"),
        UniqueConstraint("source", "subscription_id"),
        Index("uq_licenses_token_id", "token_id", unique=True),
    )


class Delivery(Table):
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


class Resend(Table):
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


class RemapRow(Table):
    """A license that a person had decided anew by the mapping of that moment.

    `before` and `after` hold tier, seats, end and product name; there is a delivery where the
    change was in the holder's favor.
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


class SigningKey(Table):
    """Every public key that ever signed a token: the API serves all that are not revoked."""

    __tablename__ = "signing_keys"

    kid: Mapped[str] = mapped_column(String(100), primary_key=True)
    x: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str | None] = mapped_column(Text)
