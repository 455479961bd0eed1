"""The tables. Each unique constraint here is a promise; `docs/adr` says which."""

from db.tables.base import Table
from db.tables.events import EventRow
from db.tables.keys import SigningKeyRow
from db.tables.licenses import LicenseRow, RemapRow
from db.tables.mails import CorrectionRow, DeliveryRow, ResendRow
from db.tables.sales import SaleRow

__all__ = [
    "CorrectionRow",
    "DeliveryRow",
    "EventRow",
    "LicenseRow",
    "RemapRow",
    "ResendRow",
    "SaleRow",
    "SigningKeyRow",
    "Table",
]
