"""The tables. Each unique constraint keeps a promise of `docs/adr`."""

from db.tables.base import Table
from db.tables.events import EventRow, RequestRow
from db.tables.facts import FactRow
from db.tables.keys import RevocationListRow, SigningKeyRow
from db.tables.licenses import ChangeRow, FurtherKeyRow, LicenseRow, RemapRow
from db.tables.mails import CorrectionRow, DeliveryRow, ResendRow
from db.tables.sales import SaleRow

__all__ = [
    "ChangeRow",
    "CorrectionRow",
    "DeliveryRow",
    "EventRow",
    "FactRow",
    "FurtherKeyRow",
    "LicenseRow",
    "RemapRow",
    "RequestRow",
    "ResendRow",
    "RevocationListRow",
    "SaleRow",
    "SigningKeyRow",
    "Table",
]
