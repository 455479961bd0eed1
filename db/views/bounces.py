"""Mails that nobody got, for alerts and status."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, select, text
from sqlalchemy.orm import Session, aliased

from db.tables import DeliveryRow, LicenseRow, MailReportRow
from domain.delivery import UNDELIVERED, DeliveryStatus
from domain.mail_reports import LOST, ReportKind

TOLD_FOR = timedelta(days=3)
"""A bounce that the operator leaves alone is no finding for longer."""

OVER = (*UNDELIVERED, DeliveryStatus.WITHDRAWN)
IS_LOST = text(f"mail_reports.kind IN ({', '.join(repr(str(each)) for each in LOST)})")
"""Written out, because PostgreSQL uses the index of lost mails for literals alone."""


@dataclass(frozen=True, slots=True)
class LostMail:
    """`report` is the newest one that calls the mail lost, and `at` its time."""

    delivery_id: int
    source: str
    order_id: str
    status: DeliveryStatus
    report: ReportKind
    at: datetime


def lost_mails(session: Session, now: datetime) -> list[LostMail]:
    """Return the mails that bounced or were called spam, and that no later mail replaces."""
    later = aliased(DeliveryRow)
    replaced = exists().where(
        later.license_id == DeliveryRow.license_id,
        later.id > DeliveryRow.id,
        later.status.not_in(OVER),
    )
    rows = (
        select(
            DeliveryRow.id,
            LicenseRow.source,
            LicenseRow.order_id,
            DeliveryRow.status,
            MailReportRow.kind,
            MailReportRow.at,
        )
        .join(LicenseRow, LicenseRow.id == DeliveryRow.license_id)
        .join(MailReportRow, MailReportRow.delivery_id == DeliveryRow.id)
        .where(IS_LOST, DeliveryRow.status.in_(UNDELIVERED), MailReportRow.at >= now - TOLD_FOR)
        .where(~replaced)
        .order_by(MailReportRow.at)
    )
    # The newest report of a mail replaces the earlier ones.
    found = {
        number: LostMail(number, source, order, DeliveryStatus(status), ReportKind(kind), at)
        for number, source, order, status, kind, at in session.execute(rows)
    }
    return list(found.values())
