"""The tables of devices, and of the counter of calls."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.columns import BigKey, UtcDateTime
from db.tables.base import Table


class DeviceRow(Table):
    """An activated device of a license.

    `device_hash` is `domain.online.device_hash`. `last_seen` moves at most once a day. `extra` is
    what the app says of the device beside its label.
    """

    __tablename__ = "devices"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    license_id: Mapped[int] = mapped_column(ForeignKey("licenses.id"))
    device_hash: Mapped[str] = mapped_column(String(32))
    label: Mapped[str] = mapped_column(Text)
    activated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen: Mapped[datetime] = mapped_column(UtcDateTime)
    extra: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))

    __table_args__ = (UniqueConstraint("license_id", "device_hash"),)


class ReleaseRow(Table):
    """A device that was released: by the `holder`, by a `replacement`, or by the `operator`."""

    __tablename__ = "device_releases"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    license_id: Mapped[int] = mapped_column(ForeignKey("licenses.id"))
    released_by: Mapped[str] = mapped_column(String(20))
    released_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_device_releases_license", "license_id", "released_at"),)


class UsesRow(Table):
    """The number of counted calls in a dialect. Nothing else reads or writes it."""

    __tablename__ = "license_uses"

    license_id: Mapped[int] = mapped_column(ForeignKey("licenses.id"), primary_key=True)
    uses: Mapped[int] = mapped_column(BigInteger)
