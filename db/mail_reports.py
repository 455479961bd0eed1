"""Record a provider's reports of mails. `/webhooks/<mailer>` is their only way in."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from db.addresses import NONE
from db.inserting import insert_once, the_one
from db.owed_emails import reference_of
from db.tables import DeliveryRow, LicenseRow, MailReportRow
from domain.delivery import ACCEPTED, sent_twice
from domain.identifiers import order_reference
from domain.mail_reports import MailReport, ReportKind, state_by_reports

Mail = Sequence[DeliveryRow]
"""The deliveries that a mail told, its own first."""

AHEAD = timedelta(days=1)
"""A provider's clock may be ahead of ours by so much. Later reports must be able to win."""


def record_report(session: Session, report: MailReport, now: datetime) -> bool:
    """Keep the report and give the mail's deliveries the state by all reports.

    Return false for a mail that is none of ours: other programs may send by the same account.
    A mail in doubt that a report names was sent, so no attempt sends it again.
    """
    delivery_id = _delivery_of(session, report)
    if delivery_id is None:
        return False
    mail = _locked(session, delivery_id)
    if report.at > now + AHEAD:
        report = replace(report, at=now)
    if mail[0].to == NONE:
        # The person was erased meanwhile, and the provider's words may repeat the address.
        report = replace(report, detail=None)
    if insert_once(session, MailReportRow, **_values(report, delivery_id, now)) is None:
        return True  # The provider repeats its reports.
    license_ = the_one(session, LicenseRow, id=mail[0].license_id)
    sale = order_reference(license_.source, license_.order_id)
    state = state_by_reports(_reports(session, delivery_id), sale)
    for delivery in mail:
        twice = _take(delivery, report, now)
        delivery.status = state.status
        delivery.error = "; ".join(filter(None, [twice, state.sentence])) or None
    return True


def _delivery_of(session: Session, report: MailReport) -> int | None:
    """Return the delivery whose mark or whose message id the report has."""
    if report.delivery_id is not None:
        key = select(LicenseRow.key).join(DeliveryRow, DeliveryRow.license_id == LicenseRow.id)
        found = session.execute(key.where(DeliveryRow.id == report.delivery_id)).scalar()
        if found is not None and report.reference == reference_of(found, report.delivery_id):
            return report.delivery_id
    if report.message_id is None:
        return None
    mail = select(DeliveryRow.id).where(
        DeliveryRow.provider == report.provider, DeliveryRow.message_id == report.message_id
    )
    # A delivery that another carries has the message id of the other's mail.
    carrier_first = mail.order_by(DeliveryRow.carried_by.is_not(None), DeliveryRow.id)
    return session.execute(carrier_first.limit(1)).scalar_one_or_none()


def _locked(session: Session, delivery_id: int) -> Mail:
    own = or_(DeliveryRow.id == delivery_id, DeliveryRow.carried_by == delivery_id)
    # In the sequence of the licenses, as in `db.deliveries`.
    rows = select(DeliveryRow).where(own).order_by(DeliveryRow.license_id).with_for_update()
    found = session.scalars(rows.execution_options(populate_existing=True)).all()
    return sorted(found, key=lambda each: each.id != delivery_id)


def _values(report: MailReport, delivery_id: int, now: datetime) -> dict[str, object]:
    return {
        "delivery_id": delivery_id,
        "provider": report.provider,
        "report_key": report.key,
        "kind": report.kind,
        "at": report.at,
        "detail": report.detail,
        "recorded_at": now,
    }


def _reports(session: Session, delivery_id: int) -> list[MailReport]:
    rows = session.scalars(select(MailReportRow).filter_by(delivery_id=delivery_id))
    return [
        MailReport(row.provider, row.report_key, ReportKind(row.kind), row.at, row.detail)
        for row in rows
    ]


def _take(delivery: DeliveryRow, report: MailReport, now: datetime) -> str | None:
    """Record that the mail was sent; return the words about a second mail, if there was one."""
    if delivery.status in ACCEPTED and delivery.message_id is not None:
        return sent_twice(delivery.message_id, report.message_id, delivery.error)
    delivery.provider, delivery.message_id = report.provider, report.message_id
    delivery.sent_at, delivery.attempt_ends_at = min(now, report.at), None
    return None
