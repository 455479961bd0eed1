"""The fates of mails have the statuses written down for them, and a wrong status is a breach."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from random import Random

import pytest

from domain.delivery import DeliveryStatus
from domain.mail_reports import MailReport, state_by_reports
from fakes.postmark import Accepted
from mailers.postmark.reports import read_report
from torture.evidence import Evidence, FoundDelivery
from torture.fates import DELIVERED, FATES, LATEST, UNREPORTED, Fate, draw_fate
from torture.reporting import report_body
from torture.verdict import Breach, breaches

NOW = datetime(2026, 9, 1, 13, tzinfo=UTC)
METADATA = {"delivery": "1", "reference": "0" * 32}
MAIL = Accepted("m-1", {"To": "buyer@example.com", "Metadata": METADATA}, NOW)
REPORTED = [fate for fate in FATES if fate.reports]


def reports(fate: Fate) -> list[MailReport]:
    read = [read_report(report_body(MAIL, fate, number)) for number in range(len(fate.reports))]
    return [report for report in read if report is not None]


def found(*owed: FoundDelivery, fate: Fate, messages: tuple[int, ...] = (1,)) -> list[Breach]:
    seen = Evidence((), (), (), (), owed, messages, fates={1: fate})
    return [each for each in breaches((), seen) if each.kind == "wrong states"]


OWED = FoundDelivery(1, 1, "sale")


@pytest.mark.parametrize("fate", REPORTED, ids=lambda fate: fate.name)
def test_the_reports_of_a_fate_come_to_its_status_in_any_order(fate: Fate) -> None:
    orders = list(permutations(reports(fate)))
    assert [state_by_reports(order, "a:b").status for order in orders] == [fate.status] * len(
        orders
    )
    assert len({report.key for report in orders[0]}) == len(fate.reports)


def test_a_product_that_lets_the_last_arrival_win_is_found_out() -> None:
    """The switch of this count, at the cheapest level: the provider's times are not looked at."""
    wrong = {fate.name: found(by_arrival(fate), fate=fate) for fate in REPORTED}
    told = {name: [(each.kind, each.what) for each in told] for name, told in wrong.items() if told}
    assert told == {
        "bounced late": [("wrong states", said("bounced late", "delivered", "bounced"))],
        "delivered after all": [
            ("wrong states", said("delivered after all", "bounced", "delivered"))
        ],
        "both at once": [("wrong states", said("both at once", "delivered", "bounced"))],
        "called spam": [("wrong states", said("called spam", "delivered", "complained"))],
    }


def said(name: str, status: str, right: str) -> str:
    return f"{name}: delivery 1 is {status}, and {right} is right"


def by_arrival(fate: Fate) -> FoundDelivery:
    """Return the delivery after the reports came in the wrong order, and the last one won."""
    backwards = enumerate(reversed(reports(fate)))
    arrived = [replace(each, at=NOW + timedelta(seconds=place)) for place, each in backwards]
    return replace(OWED, status=state_by_reports(arrived, "a:b").status)


def test_the_right_status_is_no_breach() -> None:
    for fate in FATES:
        assert found(replace(OWED, status=fate.status), fate=fate) == []


def test_a_mail_whose_reports_left_no_trace_is_a_breach() -> None:
    (breach,) = found(OWED, fate=DELIVERED)
    assert breach.what == "a delivery: delivery 1 is accepted, and delivered is right"


def test_a_mail_that_nobody_reported_is_accepted_unless_it_is_needed_no_more() -> None:
    withdrawn = replace(OWED, status=DeliveryStatus.WITHDRAWN, is_withdrawn=True)
    assert found(withdrawn, fate=UNREPORTED) == []
    assert len(found(withdrawn, fate=DELIVERED)) == 1
    assert len(found(replace(OWED, status=DeliveryStatus.BOUNCED), fate=UNREPORTED)) == 1
    pending, told = replace(OWED, status=DeliveryStatus.PENDING), FoundDelivery(2, 1, "charge")
    assert len(found(pending, fate=UNREPORTED)) == 1
    assert len(found(pending, told, fate=UNREPORTED)) == 1
    assert found(pending, told, fate=UNREPORTED, messages=(1, 2)) == []
    assert len(found(pending, told, fate=DELIVERED, messages=(1, 2))) == 1


def test_what_a_mail_carries_has_the_status_of_the_mail() -> None:
    carrier = replace(OWED, status=DeliveryStatus.DELIVERED)
    carried = FoundDelivery(2, 2, "other", carried_by=1)
    (breach,) = found(carrier, carried, fate=DELIVERED)
    assert breach.order_id == "other"


def test_a_mail_sent_twice_is_doubled_and_nothing_else() -> None:
    assert found(OWED, fate=DELIVERED, messages=(1, 1)) == []


def test_fates_come_by_the_seed_and_leave_many_mails_without_a_report() -> None:
    one, other = Random(1), Random(1)  # noqa: S311 - no secret
    drawn = [draw_fate(one) for _ in range(400)]
    assert drawn == [draw_fate(other) for _ in range(400)]
    assert {fate.name for fate, _ in drawn} == {fate.name for fate in FATES}
    assert sum(not planned for _, planned in drawn) > 400 / 4
    for fate, planned in drawn:
        assert {each.number for each in planned} == set(range(len(fate.reports)))
        assert all(0 <= each.after <= LATEST for each in planned)
    after = [each.after for _, planned in drawn for each in planned]
    assert 0 < after.count(0) < len(after)
