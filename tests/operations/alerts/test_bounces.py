"""Mails that nobody got, until another mail replaces them."""

from datetime import timedelta

from db.engine import Database
from db.mail_reports import record_report
from db.resends import NewResend, ask_resends
from db.views.bounces import TOLD_FOR, lost_mails
from domain.findings import Finding, Level
from domain.mail_reports import MailReport, ReportKind
from operations.alerts.bounces import bounce_findings
from tests.db.rows import BUYER, NOON
from tests.db.test_delivery_claims import owed, sent


def bounced(database: Database, kind: ReportKind = ReportKind.BOUNCED) -> int:
    delivery = owed(database)
    sent(database, delivery)
    told = MailReport("postmark", "key", kind, NOON, f"550 no such user {BUYER}", "m-1")
    database.write_here(record_report, told, NOON)
    return delivery


def found(database: Database, after: timedelta = timedelta(0)) -> list[Finding]:
    return bounce_findings(database.read_here(lost_mails, NOON + after))


def test_a_bounce_is_found_with_its_command(database: Database) -> None:
    delivery = bounced(database)
    assert found(database) == [
        Finding(
            f"bounced:{delivery}",
            Level.BROKEN,
            f"gumroad:order-1: its mail (delivery {delivery}) bounced: nobody got it",
            "mintpost resend gumroad:order-1 --to ADDRESS",
            NOON,
            happened=True,
        )
    ]


def test_a_refused_text_needs_no_other_address(database: Database) -> None:
    bounced(database, ReportKind.TURNED_AWAY)
    (finding,) = found(database)
    assert finding.remedy == "mintpost resend gumroad:order-1"


def test_a_complaint_is_a_warning(database: Database) -> None:
    bounced(database, ReportKind.COMPLAINED)
    (finding,) = found(database)
    assert (finding.level, "called spam" in finding.sentence) == (Level.WARNING, True)


def test_a_delivered_mail_is_no_finding(database: Database) -> None:
    bounced(database, ReportKind.DELIVERED)
    assert found(database) == []


def test_a_bounce_ends_with_the_next_mail_or_after_days(database: Database) -> None:
    bounced(database)
    assert found(database, TOLD_FOR + timedelta(seconds=1)) == []
    asked = NewResend("gumroad", "order-1", "ada@example.org", "a test", None)
    database.write_here(ask_resends, asked, NOON)
    assert found(database) == []
