"""The tables. Each unique constraint keeps a promise of `docs/adr`."""

from db.tables.base import Table
from db.tables.devices import DeviceRow, ReleaseRow, UsesRow
from db.tables.events import AnswerRow, EventRow, RequestRow
from db.tables.facts import FactRow
from db.tables.keys import AnswerKeyListRow, AnswerKeyRow, RevocationListRow, SigningKeyRow
from db.tables.licenses import ChangeRow, FurtherKeyRow, LicenseRow, RemapRow
from db.tables.mails import CorrectionRow, DeliveryRow, ResendRow
from db.tables.sales import SaleRow

__all__ = [
    "AnswerKeyListRow",
    "AnswerKeyRow",
    "AnswerRow",
    "ChangeRow",
    "CorrectionRow",
    "DeliveryRow",
    "DeviceRow",
    "EventRow",
    "FactRow",
    "FurtherKeyRow",
    "LicenseRow",
    "ReleaseRow",
    "RemapRow",
    "RequestRow",
    "ResendRow",
    "RevocationListRow",
    "SaleRow",
    "SigningKeyRow",
    "Table",
    "UsesRow",
]
