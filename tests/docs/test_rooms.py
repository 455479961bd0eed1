"""docs/architecture.md shows the rooms of the house as they are, and imports run downwards."""

import re
from graphlib import TopologicalSorter

import pytest

from docs.rooms import DRAWN, PAGE, ROOTS, Room, drawing, layers, names, path_of, rooms, share

LARGEST_SHARE = 0.2
NEAR = 0.1
FEW_LINES = 100
ROW = re.compile(r"^ *([\d,]+) +\d+%  (\S+)", re.MULTILINE)
FIGURES = re.compile(r"^ *[\d,]+ +\d+%", re.MULTILINE)


@pytest.fixture(scope="module")
def house() -> dict[str, Room]:
    return rooms()


@pytest.fixture(scope="module")
def drawn() -> str:
    (found,) = DRAWN.findall(PAGE.read_text())
    return str(found)


def levels() -> dict[str, int]:
    return {room: level for level, layer in enumerate(layers()) for room in layer}


def test_the_page_shows_the_imports_as_they_are(house: dict[str, Room], drawn: str) -> None:
    assert FIGURES.sub("", drawn) == FIGURES.sub("", drawing(house)), "run `make rooms`"


def test_the_page_shows_the_sizes_about_as_they_are(house: dict[str, Room], drawn: str) -> None:
    """Few lines more or fewer must not cost a commit of the page."""
    shown = {path: int(lines.replace(",", "")) for lines, path in ROW.findall(drawn)}
    lines = {path_of(room.name): room.lines for room in house.values()}
    bounds = {path: max(FEW_LINES, NEAR * count) for path, count in lines.items()}
    wrong = {path: lines[path] for path in lines if abs(shown[path] - lines[path]) > bounds[path]}
    assert wrong == {}, "run `make rooms`"


def test_no_import_runs_up_or_sideways(house: dict[str, Room]) -> None:
    level = levels()
    arrows = {(room.name, other) for room in house.values() for other in room.imports}
    wrong = {(above, below) for above, below in arrows if level[above] >= level[below]}
    # Torture's worker is the worker with shorter waits, so the one composition uses the other.
    assert wrong == {
        ("cli", "commands.from_settings"),
        ("commands.from_settings", "commands.installation"),
        ("worker", "worker_parts"),
        ("torture.worker", "worker"),
        ("torture.worker", "worker_parts"),
    }


def test_no_rooms_import_each_other_in_a_circle(house: dict[str, Room]) -> None:
    graph = {room.name: room.imports for room in house.values()}
    assert set(TopologicalSorter(graph).static_order()) == {*house}


def test_no_room_has_a_fifth_of_the_lines(house: dict[str, Room]) -> None:
    shares = {room.name: share(room, house) for room in house.values()}
    assert {name: part for name, part in shares.items() if part >= LARGEST_SHARE} == {}


def test_no_room_imports_a_composition_root(house: dict[str, Room]) -> None:
    below = [room for room in house.values() if room.name not in ROOTS]
    assert {room.name: found for room in below if (found := room.imports & {*ROOTS})} == {}


def test_only_composition_roots_read_settings(house: dict[str, Room]) -> None:
    readers = {room.name for room in house.values() if "settings" in room.imports}
    assert readers == {
        "commands.from_settings",
        "commands.installation",
        "worker_parts",
        "api.app",
    }


@pytest.mark.parametrize(
    ("root", "never"),
    [
        ("cli", {"activities", "api", "letters", "mailers", "fakes"}),
        ("commands.from_settings", {"activities", "api", "letters", "mailers", "fakes"}),
        ("commands.installation", {"activities", "api", "letters", "fakes"}),
        ("worker", {"torture", "commands", "api", "operations", "relay", "embedded", "fakes"}),
        (
            "worker_parts",
            {"torture", "commands", "api", "operations", "relay", "embedded", "fakes"},
        ),
        ("torture.worker", {"commands", "api", "operations", "relay", "embedded"}),
        (
            "api.app",
            {"torture", "commands", "activities", "letters", "embedded", "fakes"},
        ),
    ],
)
def test_a_process_leaves_out_the_rooms_of_the_others(
    house: dict[str, Room], root: str, never: set[str]
) -> None:
    assert house[root].imports & never == set()


def test_a_sale_enters_each_room_once() -> None:
    section = PAGE.read_text().partition("\n## A sale, file by file\n")[2].partition("\n## ")[0]
    walked = re.findall(r"^\| [^|]+ \| `(\w+)/` \|", section, re.MULTILINE)
    assert len(walked) > len({"api", "relay", "workflows", "activities"})
    assert len(walked) == len({*walked} & {*names()})
