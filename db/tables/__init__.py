"""The tables. Each unique constraint keeps a promise of `docs/adr`."""

from db.tables.alerts import AlertRow, DigestRow
from db.tables.base import Table
from db.tables.devices import DeviceRow, ReleaseRow, UsesRow
from db.tables.events import AnswerRow, EventRow, RequestRow
from db.tables.facts import FactRow
from db.tables.keys import AnswerKeyListRow, AnswerKeyRow, RevocationListRow, SigningKeyRow
from db.tables.licenses import ChangeRow, FurtherKeyRow, LicenseRow, RemapRow
from db.tables.mails import CorrectionRow, DeliveryRow, MailReportRow, ResendRow
from db.tables.sales import SaleRow

__all__ = [
    "AlertRow",
    "AnswerKeyListRow",
    "AnswerKeyRow",
    "AnswerRow",
    "ChangeRow",
    "CorrectionRow",
    "DeliveryRow",
    "DeviceRow",
    "DigestRow",
    "EventRow",
    "FactRow",
    "FurtherKeyRow",
    "LicenseRow",
    "MailReportRow",
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
