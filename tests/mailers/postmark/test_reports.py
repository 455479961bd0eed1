"""Postmark's recorded calls, and bodies that no documentation shows."""

from datetime import UTC, datetime

import pytest

from domain.mail_reports import ReportKind
from mailers.doors import UnreadableReportError
from mailers.postmark.reports import read_report
from tests.support.postmark_reports import BODIES, body

MESSAGE = "7c1f0f5e-2b7a-4d0e-9a51-3f6d2c8e4b10"


@pytest.mark.parametrize(
    ("which", "kind"),
    [
        ("delivery", ReportKind.DELIVERED),
        ("hard_bounce", ReportKind.BOUNCED),
        ("soft_bounce", ReportKind.FAILED_FOR_NOW),
        ("transient", ReportKind.DELAYED),
        ("spam_complaint", ReportKind.COMPLAINED),
    ],
)
def test_a_recorded_call_is_read(which: str, kind: ReportKind) -> None:
    report = read_report(body(which))
    assert report is not None
    assert (report.kind, report.message_id, report.delivery_id) == (kind, MESSAGE, 12)
    second = 14 if which == "delivery" else 19
    assert report.at == datetime(2026, 3, 2, 14, 5, second, 765432, tzinfo=UTC)


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ("BadEmailAddress", ReportKind.BOUNCED),
        ("DMARCPolicy", ReportKind.TURNED_AWAY),
        ("DnsError", ReportKind.DELAYED),
        ("SpamComplaint", ReportKind.COMPLAINED),
        ("SomethingNew", ReportKind.FAILED_FOR_NOW),
    ],
)
def test_the_type_decides_what_a_bounce_means(told: str, kind: ReportKind) -> None:
    report = read_report(body("hard_bounce", Type=told, TypeCode=1))
    assert report is not None
    assert report.kind is kind


@pytest.mark.parametrize(
    "changed", [{"RecordType": "Open"}, {"RecordType": None}, {"Type": "AutoResponder"}]
)
def test_a_call_about_no_state_of_a_mail_tells_nothing(changed: dict[str, object]) -> None:
    assert read_report(body("hard_bounce", **changed)) is None
    assert read_report(body("subscription_change")) is None


def test_a_repetition_has_the_key_of_the_first() -> None:
    for which, told in BODIES.items():
        if which != "subscription_change":
            first, again = read_report(body(which)), read_report(body(which, Tag=None))
            assert first is not None
            assert again is not None
            assert first.key == again.key
            assert str(told.get("Email", told.get("Recipient"))) not in first.key


@pytest.mark.parametrize("name", ["MessageID", "Recipient", "DeliveredAt"])
def test_another_delivery_has_another_key(name: str) -> None:
    other = read_report(body("delivery", **{name: "2026-03-02T14:05:15Z"}))
    first = read_report(body("delivery"))
    assert other is not None
    assert first is not None
    assert other.key != first.key


def test_a_bounce_without_an_id_is_known_by_mail_address_and_time() -> None:
    first, later = (
        read_report(body("hard_bounce", ID=None, BouncedAt=f"2026-03-02T14:05:{second}Z"))
        for second in (19, 20)
    )
    assert first is not None
    assert later is not None
    assert first.key != later.key


def test_missing_values_leave_a_report_without_them() -> None:
    report = read_report(body("delivery", Metadata=None, MessageID=7, Details=None))
    assert report is not None
    found = (report.message_id, report.delivery_id, report.reference, report.detail)
    assert found == (None, None, None, None)


@pytest.mark.parametrize("number", ["-1", "²", "9" * 19, "1.5", ""])
def test_a_delivery_that_no_database_numbers_is_left_out(number: str) -> None:
    report = read_report(body("delivery", Metadata={"delivery": number}))
    assert report is not None
    assert report.delivery_id is None


@pytest.mark.parametrize(
    "written",
    [b"", b"1", b"null", b"[]", b"\xff", b"[" * 20_000, b'{"RecordType": "Delivery"'],
)
def test_a_body_that_is_no_object_is_unreadable(written: bytes) -> None:
    with pytest.raises(UnreadableReportError):
        read_report(written)


@pytest.mark.parametrize(
    "time", [None, 7, "", "yesterday", "0001-01-01T00:00:00+14:00", "0001-01-02T00:00:00Z"]
)
def test_a_report_without_a_possible_time_is_unreadable(time: object) -> None:
    with pytest.raises(UnreadableReportError):
        read_report(body("delivery", DeliveredAt=time))
