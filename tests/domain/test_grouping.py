from datetime import UTC, datetime, timedelta

from domain.event import EventStatus
from domain.grouping import WaitingEvent, grouped

START = datetime(2026, 11, 1, tzinfo=UTC)
ASK = "has no address: `mintpost resend {} --to ADDRESS`"


def parked(number: int, sentence: str | None, *, source: str = "gumroad") -> WaitingEvent:
    order = f"order-{number}"
    received = START - timedelta(minutes=number)
    status = EventStatus.OPEN if sentence is None else EventStatus.PARKED
    return WaitingEvent(number, source, order, f"{source}:{order}", status, sentence, received)


def test_sales_of_one_cause_are_one_group_although_each_sentence_names_its_sale() -> None:
    told = [f"gumroad:order-{n} {ASK.format(f'gumroad:order-{n}')}; delivery {n}" for n in (1, 12)]
    (group,) = grouped([parked(1, told[0]), parked(12, told[1])])
    assert group.count == 2
    assert group.oldest == START - timedelta(minutes=12)
    assert group.sentence == told[1]


def test_another_cause_shop_or_status_is_another_group() -> None:
    groups = grouped(
        [
            parked(1, 'unmapped product "a"'),
            parked(2, 'unmapped product "b"'),
            parked(3, 'unmapped product "b"'),
            parked(4, 'unmapped product "b"', source="polar"),
            parked(5, None),
        ]
    )
    assert [(group.source, group.sentence, group.count) for group in groups] == [
        ("gumroad", 'unmapped product "b"', 2),
        ("gumroad", None, 1),
        ("polar", 'unmapped product "b"', 1),
        ("gumroad", 'unmapped product "a"', 1),
    ]
