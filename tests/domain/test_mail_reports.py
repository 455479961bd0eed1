"""The state of a mail by all of its reports."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from domain.delivery import DeliveryStatus
from domain.mail_reports import MailReport, ReportKind, state_by_reports

NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)
SALE = "gumroad:a sale"

DELIVERED, BOUNCED, COMPLAINED = ReportKind.DELIVERED, ReportKind.BOUNCED, ReportKind.COMPLAINED
DELAYED, FOR_NOW, TURNED_AWAY = (
    ReportKind.DELAYED,
    ReportKind.FAILED_FOR_NOW,
    ReportKind.TURNED_AWAY,
)


def report(kind: ReportKind, minute: int = 0) -> MailReport:
    at = NOON + timedelta(minutes=minute)
    return MailReport("postmark", f"{kind}{minute}", kind, at, "550 no such user")


@pytest.mark.parametrize(
    ("kinds", "status"),
    [
        ([], DeliveryStatus.ACCEPTED),
        ([DELIVERED], DeliveryStatus.DELIVERED),
        ([DELIVERED, BOUNCED], DeliveryStatus.BOUNCED),
        ([BOUNCED, DELIVERED], DeliveryStatus.DELIVERED),
        ([DELIVERED, COMPLAINED], DeliveryStatus.COMPLAINED),
        ([DELAYED], DeliveryStatus.ACCEPTED),
        ([FOR_NOW], DeliveryStatus.ACCEPTED),
        ([DELAYED, FOR_NOW, DELIVERED], DeliveryStatus.DELIVERED),
        ([DELIVERED, DELAYED], DeliveryStatus.DELIVERED),
        ([DELAYED, BOUNCED, DELAYED], DeliveryStatus.BOUNCED),
        ([TURNED_AWAY], DeliveryStatus.BOUNCED),
    ],
)
def test_the_providers_time_decides_in_any_order_of_arrival(
    kinds: list[ReportKind], status: DeliveryStatus
) -> None:
    reports = [report(kind, minute) for minute, kind in enumerate(kinds)]
    states = {state_by_reports(each, SALE) for each in permutations(reports)}
    assert [each.status for each in states] == [status]


def test_of_two_reports_of_one_moment_the_worse_one_decides() -> None:
    for each in permutations([report(DELIVERED), report(BOUNCED)]):
        assert state_by_reports(each, SALE).status is DeliveryStatus.BOUNCED


@pytest.mark.parametrize(
    ("kinds", "ending"),
    [
        ([BOUNCED], "find the right address, then `mintpost resend 'gumroad:a sale' --to ADDRESS`"),
        ([COMPLAINED], "ask the buyer, then `mintpost resend 'gumroad:a sale' --to ADDRESS`"),
        ([TURNED_AWAY], "mend that, then `mintpost resend 'gumroad:a sale'`"),
        ([FOR_NOW], "then `mintpost resend 'gumroad:a sale'`"),
        ([DELAYED], "the provider goes on trying, and nothing is to do"),
        ([BOUNCED, DELAYED], "--to ADDRESS`"),
    ],
)
def test_a_mail_that_did_not_arrive_says_why_and_what_to_do(
    kinds: list[ReportKind], ending: str
) -> None:
    reports = [report(kind, minute) for minute, kind in enumerate(kinds)]
    sentence = state_by_reports(reports, SALE).sentence
    assert sentence is not None
    assert sentence.endswith(ending)
    assert "(550 no such user)" in sentence


@pytest.mark.parametrize("kinds", [[DELIVERED], [DELAYED, DELIVERED], [BOUNCED, DELIVERED]])
def test_a_delivered_mail_says_nothing(kinds: list[ReportKind]) -> None:
    reports = [report(kind, minute) for minute, kind in enumerate(kinds)]
    assert state_by_reports(reports, SALE).sentence is None
