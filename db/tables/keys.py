"""The tables of public keys and of revocation lists."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column

from db.columns import BigKey, UtcDateTime
from db.tables.base import Table


class SigningKeyRow(Table):
    """A public key that signed tokens. The API serves every key that is not revoked."""

    __tablename__ = "signing_keys"

    kid: Mapped[str] = mapped_column(String(100), primary_key=True)
    x: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str | None] = mapped_column(Text)


class RevocationListRow(Table):
    """A signed list of revoked and suspended licenses. The API serves the newest.

    `changes` is the last row of `license_changes` that the list covers.
    """

    __tablename__ = "revocation_lists"

    seq: Mapped[int] = mapped_column(BigKey, primary_key=True)
    token: Mapped[str] = mapped_column(Text)
    changes: Mapped[int] = mapped_column(BigInteger)
    signed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AnswerKeyRow(Table):
    """A public key with which the API signs its answers. It never signs a license.

    `seen_at` is the last time at which an API process told that it uses the key.
    """

    __tablename__ = "answer_keys"

    kid: Mapped[str] = mapped_column(String(100), primary_key=True)
    x: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str | None] = mapped_column(Text)


class AnswerKeyListRow(Table):
    """A list of answer keys, signed by the worker. The API serves the newest."""

    __tablename__ = "answer_key_lists"

    seq: Mapped[int] = mapped_column(BigKey, primary_key=True)
    token: Mapped[str] = mapped_column(Text)
    signed_at: Mapped[datetime] = mapped_column(UtcDateTime)
