"""The tables. Each unique constraint here is a promise; `docs/adr` says which."""

from db.tables.base import Table
from db.tables.events import Event
from db.tables.keys import SigningKey
from db.tables.licenses import LicenseRow, RemapRow
from db.tables.mails import Correction, Delivery, Resend
from db.tables.sales import SaleRow

__all__ = [
    "Correction",
    "Delivery",
    "Event",
    "LicenseRow",
    "RemapRow",
    "Resend",
    "SaleRow",
    "SigningKey",
    "Table",
]
