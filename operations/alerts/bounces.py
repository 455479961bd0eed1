"""Findings about mails that nobody got."""

from collections.abc import Iterable

from db.views.bounces import LostMail
from domain.advice import command
from domain.delivery import DeliveryStatus
from domain.findings import Finding, Level
from domain.identifiers import order_reference
from domain.mail_reports import ReportKind


def bounce_findings(mails: Iterable[LostMail]) -> list[Finding]:
    return [_bounce(each) for each in mails]


def _bounce(mail: LostMail) -> Finding:
    sale = order_reference(mail.source, mail.order_id)
    is_spam = mail.status is DeliveryStatus.COMPLAINED
    what = "was called spam by its receiver" if is_spam else "bounced: nobody got it"
    address_is_good = mail.report is ReportKind.TURNED_AWAY
    return Finding(
        cause=f"{mail.status}:{mail.delivery_id}",
        level=Level.WARNING if is_spam else Level.BROKEN,
        sentence=f"{sale}: its mail (delivery {mail.delivery_id}) {what}",
        remedy=command("resend", sale, options=() if address_is_good else ("--to", "ADDRESS")),
        since=mail.at,
        happened=True,
    )
