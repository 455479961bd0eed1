"""The report at the end of a round."""

from dataclasses import replace
from io import StringIO

from rich.console import Console

from torture.drawing import DrawnStory
from torture.evidence import Evidence, FoundDelivery, FoundEvent, FoundLicense
from torture.orders import Order
from torture.plan import Schedule
from torture.report import MOST_BREACHES, Result, print_result
from torture.stories import ON_SALES
from torture.traffic import Attempt
from torture.verdict import Breach

ORDERS = (Order("one", "a@example.com"), Order("two", "b@example.com"))
EVIDENCE = Evidence(
    attempts=(
        Attempt("one/0", "one", None, 5.0, last=False),
        Attempt("one/1", "one", 200, 0.25, last=True),
        Attempt("two/2", "two", 200, 0.05, last=True),
    ),
    rows=tuple(FoundEvent(mark, mark[:3], "fulfilled") for mark in ("one/0", "one/1", "two/2")),
    sales=("one", "two"),
    licenses=(FoundLicense(1, "one", None), FoundLicense(2, "two", None)),
    deliveries=(FoundDelivery(1, 1, "one"), FoundDelivery(2, 2, "two")),
    messages=(1, 2),
)
RESULT = Result(Schedule(1, "", ORDERS, (), ()), EVIDENCE, (), 4.26, 61.3)


def printed(result: Result) -> str:
    out = StringIO()
    print_result(result, Console(file=out, width=100))
    return out.getvalue()


def test_the_report_shows_counts_and_the_time_until_quiet() -> None:
    said = printed(RESULT)
    rows = [line.split("  ") for line in said.splitlines()]
    cells = [[cell.strip() for cell in row if cell.strip()] for row in rows]
    assert ["requests", "3", "1.50"] in cells
    assert ["answered 200", "2", "1.00"] in cells
    assert ["events", "3", "1.50", "2, or more: answers get lost"] in cells
    assert ["licenses", "2", "1.00", "2: a membership has one"] in cells
    assert "quiet 4.3 s after the last fault, 61 s in all" in said
    assert "0.2 s at most" in said
    assert "lost = 0  doubled = 0  stuck = 0" in said


def test_the_report_names_the_orders_of_breaches_up_to_a_limit() -> None:
    breaches = [Breach("lost", f"order-{number}", "it has no license") for number in range(22)]
    said = printed(replace(RESULT, breaches=breaches, quiet_after=None))
    assert "lost = 22  doubled = 0  stuck = 0" in said
    assert "lost     order-0  it has no license" in said
    assert said.count("it has no license") == MOST_BREACHES
    assert "… and 2 more" in said
    assert "it never came to rest" in said


def test_the_report_tells_what_happened_after_the_sales() -> None:
    refunded, won = ON_SALES[0], ON_SALES[3]
    stories = (DrawnStory(refunded, ORDERS[:1]), DrawnStory(won, ORDERS[1:]))
    said = printed(replace(RESULT, schedule=replace(RESULT.schedule, stories=stories)))
    assert "1 to 2: a membership has one" in said
    assert "after the sales: 1 dispute, 1 dispute-won, 1 refund" in said
