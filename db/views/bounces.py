"""Mails that nobody got, for alerts, doctor and status."""

from datetime import datetime, timedelta

from sqlalchemy import exists, select, text
from sqlalchemy.orm import Session, aliased

from db.tables import DeliveryRow, LicenseRow, MailReportRow
from domain.advice import command
from domain.delivery import UNDELIVERED, DeliveryStatus
from domain.findings import Finding, Level
from domain.identifiers import order_reference
from domain.mail_reports import LOST, ReportKind

TOLD_FOR = timedelta(days=3)
"""A bounce that the operator leaves alone is no finding for longer."""

OVER = (*UNDELIVERED, DeliveryStatus.WITHDRAWN)
IS_LOST = text(f"mail_reports.kind IN ({', '.join(repr(str(each)) for each in LOST)})")
"""Written out, because PostgreSQL uses the index of lost mails for literals alone."""


def bounces(session: Session, now: datetime) -> list[Finding]:
    """Return the mails that bounced or were called spam, and that no later mail replaces."""
    later = aliased(DeliveryRow)
    replaced = exists().where(
        later.license_id == DeliveryRow.license_id,
        later.id > DeliveryRow.id,
        later.status.not_in(OVER),
    )
    rows = (
        select(DeliveryRow, LicenseRow, MailReportRow)
        .join(LicenseRow, LicenseRow.id == DeliveryRow.license_id)
        .join(MailReportRow, MailReportRow.delivery_id == DeliveryRow.id)
        .where(IS_LOST, DeliveryRow.status.in_(UNDELIVERED), MailReportRow.at >= now - TOLD_FOR)
        .where(~replaced)
        .order_by(MailReportRow.at)
    )
    # The newest report of a mail replaces the earlier ones.
    found = {
        mail.id: _finding(mail, license_, report)
        for mail, license_, report in session.execute(rows)
    }
    return list(found.values())


def _finding(mail: DeliveryRow, license_: LicenseRow, report: MailReportRow) -> Finding:
    sale = order_reference(license_.source, license_.order_id)
    is_spam = mail.status == DeliveryStatus.COMPLAINED
    what = "was called spam by its receiver" if is_spam else "bounced: nobody got it"
    address_is_good = report.kind == ReportKind.TURNED_AWAY
    return Finding(
        cause=f"{mail.status}:{mail.id}",
        level=Level.WARNING if is_spam else Level.BROKEN,
        sentence=f"{sale}: its mail (delivery {mail.id}) {what}",
        remedy=command("resend", sale, options=() if address_is_good else ("--to", "ADDRESS")),
        since=report.at,
    )
