"""Lists at 80, 100 and 160 columns: ids and commands whole, one line a row where it fits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from rich.cells import cell_len
from rich.text import Text

from commands.layout import indented, wrapped
from commands.rows import Moment, Rows, fitted, gathered, plain

NOW = datetime(2026, 11, 28, 10, 17, tzinfo=UTC)
GUMROAD = "gumroad:FO8TXN-dbxYaBdahG97Y-Q=="
PADDLE = "paddle:txn_01hv8wptq8987qeep44cyrewp9"
POLAR = "polar:6f9619ff-8b86-4d01-b42d-00cf4fc964ff"
STRIPE = "stripe:cs_live_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0u1V2w3X4y5Z6a7B8c9D0"
UNMAPPED = 'unmapped product "prod_1": add it under paddle in products.yaml'


@dataclass(frozen=True, slots=True)
class Event:
    id: int
    order: str
    status: str = "fulfilled"
    remark: str | None = None
    cause: str | None = None
    at: datetime | None = NOW - timedelta(minutes=3)


ROWS: Rows[Event] = Rows(
    {
        "id": lambda event: event.id,
        "received": lambda event: Moment(event.at),
        "status": lambda event: event.status,
        "order": lambda event: event.order,
    },
    lambda event: None if event.remark is None else Text(event.remark),
    lambda event: event.cause,
)


def shown(events: Sequence[Event], width: int) -> list[str]:
    return [str(line) for line in fitted(events, ROWS, width, NOW)]


@pytest.mark.parametrize("width", [80, 100, 160])
@pytest.mark.parametrize("order", [GUMROAD, PADDLE, POLAR, STRIPE])
def test_order_id_is_whole_on_a_line_that_fits(width: int, order: str) -> None:
    lines = shown([Event(4711, order), Event(4710, GUMROAD)], width)
    assert sum(order in line for line in lines) >= 1
    assert max(map(cell_len, lines)) <= width


@pytest.mark.parametrize(
    ("width", "order"), [(80, GUMROAD), (80, PADDLE), (100, POLAR), (160, STRIPE)]
)
def test_row_is_one_line_where_it_fits(width: int, order: str) -> None:
    assert len(shown([Event(4711, order)] * 2, width)) == 3


def test_time_has_zone_and_age_as_far_as_there_is_room() -> None:
    row = "1   2026-11-28 10:14 UTC, 3 min ago  fulfilled  gumroad:1"
    assert shown([Event(1, "gumroad:1")], 80)[1] == row
    header, row = shown([Event(4711, POLAR)], 80)
    assert header.split() == ["id", "received", "UTC", "age", "status", "order"]
    assert row.split()[1:4] == ["11-28", "10:14", "3m"]
    older = shown([Event(4711, POLAR, at=NOW - timedelta(days=400))], 80)[1]
    assert older.split()[1:3] == ["2025-10-24", "13mo"]


def test_time_that_is_missing_leaves_its_columns_empty() -> None:
    header, none, some = shown([Event(4711, POLAR, at=None), Event(4710, POLAR)], 80)
    assert none.split() == ["4711", "–", "fulfilled", POLAR]
    assert header.index("status") == none.index("fulfilled") == some.index("fulfilled")


def test_long_status_pushes_its_own_row_alone() -> None:
    rare = "ignored:subscription_schedule.canceled"
    lines = shown([Event(3, GUMROAD, rare), Event(2, GUMROAD), Event(1, GUMROAD)], 80)
    assert lines[1].endswith(rare)
    assert lines[2] == f"    {GUMROAD}"
    assert [line.index(GUMROAD) for line in lines[3:]] == [lines[0].index("order")] * 2


def test_remark_stands_beside_its_row_where_all_fit_and_below_otherwise() -> None:
    events = [Event(1, GUMROAD, remark="1 × Lumen for Ada"), Event(2, GUMROAD, remark="nothing")]
    assert [line.split("  ")[-1] for line in shown(events, 120)[1:]] == [
        "1 × Lumen for Ada",
        "nothing",
    ]
    assert shown(events, 90)[2::2] == ["    1 × Lumen for Ada", "    nothing"]


def test_neighbors_of_one_cause_have_their_sentence_once() -> None:
    parked = [Event(each, PADDLE, "parked", UNMAPPED, "unmapped") for each in (3, 2, 1)]
    lines = shown([*parked, Event(0, GUMROAD)], 160)
    assert [line.strip() for line in lines if "unmapped" in line] == [f"these 3: {UNMAPPED}"]
    assert lines[4].strip().startswith("these 3:")


def test_group_whose_sentences_name_their_sales_shows_that_of_its_last() -> None:
    parked = [
        Event(each, PADDLE, "parked", f"send `mintpost resend {each}`", "give") for each in (2, 1)
    ]
    assert shown(parked, 80)[-1] == "    these 2 alike, as the last: send `mintpost resend 1`"


def test_causes_are_gathered_at_their_first_line() -> None:
    causes = {5: "a", 4: None, 3: "b", 2: "a", 1: None}
    events = [Event(id_, GUMROAD, cause=cause) for id_, cause in causes.items()]
    assert [event.id for event in gathered(events, ROWS)] == [5, 2, 4, 3, 1]


def test_file_has_one_line_a_row_in_order_without_ages() -> None:
    events = [Event(2, STRIPE, "parked", UNMAPPED, "unmapped"), Event(1, GUMROAD)]
    assert [str(line) for line in plain([*events, events[0]], ROWS)][1:3] == [
        f"2   2026-11-28 10:14  parked     {STRIPE}  {UNMAPPED}",
        f"1   2026-11-28 10:14  fulfilled  {GUMROAD}",
    ]
    assert len(list(plain([*events, events[0]], ROWS))) == 4


def test_command_is_never_broken() -> None:
    command = f"`mintpost resend {STRIPE} --to ADDRESS`"
    lines = wrapped(f"the shop told no address of the buyer: {command}, or wait", 80)
    assert lines[1] == f"{command},"
    assert max(map(cell_len, wrapped("a " * 200, 20))) <= 20


def test_words_of_double_width_and_blanks_are_counted_as_a_terminal_shows_them() -> None:
    lines = wrapped("流明 专业版 李雷   王小明 " * 10, 40)
    assert max(map(cell_len, lines)) <= 40
    assert min(map(cell_len, lines[:-1])) > 30
    assert not any("  " in line for line in lines)


def test_copy_of_a_word_longer_than_the_terminal_has_no_break() -> None:
    (line,) = indented(Text("x" * 200), 80)
    assert str(line) == "    " + "x" * 200
