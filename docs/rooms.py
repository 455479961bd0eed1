"""Draws the rooms of the house in docs/architecture.md, from the code's imports: `make rooms`.

Counted is every line of every Python file of the product but the migrations, a history that only
grows. An import inside a function counts like an import at the top of its file.
"""

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from textwrap import wrap

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "architecture.md"
DRAWN = re.compile(r"(?<=<!-- make rooms -->\n).*?(?=<!-- end of make rooms -->\n)", re.DOTALL)
ROOTS = (
    "cli",
    "commands.from_settings",
    "commands.installation",
    "worker",
    "worker_parts",
    "api.app",
    "torture.worker",
)
"""The composition roots. Each is a file above all rooms, because it puts their parts together."""
NOT_COUNTED = ROOT / "db" / "migrations"
WIDTH = 90


@dataclass(frozen=True, slots=True)
class Room:
    """A package or a composition root, and the others that its files import."""

    name: str
    lines: int
    imports: frozenset[str]


@cache
def layers() -> tuple[tuple[str, ...], ...]:
    """Return the names of the rooms, the highest layer first, as pyproject.toml has them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    (contract,) = (
        each for each in project["tool"]["importlinter"]["contracts"] if each["type"] == "layers"
    )
    below = [tuple(room.strip() for room in layer.split("|")) for layer in contract["layers"]]
    return (ROOTS, ("settings",), *below)


@cache
def names() -> tuple[str, ...]:
    return tuple(room for layer in layers() for room in layer)


def rooms() -> dict[str, Room]:
    """Read the house: each room under its name, in the order of the layers."""
    sources: dict[str, list[str]] = {name: [] for name in names()}
    for module, file in modules():
        sources[room_of(module)].append(file.read_text())
    return {name: _room(name, found) for name, found in sources.items()}


def modules() -> Iterator[tuple[str, Path]]:
    """Yield every module of the product with its file."""
    packages = [ROOT / name for name in names() if (ROOT / name).is_dir()]
    files = {ROOT / f"{root.replace('.', '/')}.py" for root in ROOTS}
    files |= {file for package in packages for file in package.rglob("*.py")}
    for file in sorted(files):
        if not file.is_relative_to(NOT_COUNTED):
            module = ".".join(file.relative_to(ROOT).with_suffix("").parts)
            yield module.removesuffix(".__init__"), file


def room_of(module: str) -> str:
    """Return the room of a module, ours or not; a composition root is a room of its own."""
    roots = (root for root in ROOTS if f"{module}.".startswith(f"{root}."))
    return next(roots, module.partition(".")[0])


def imported(source: str) -> Iterator[str]:
    """Yield each module that the source imports, and each name that may be one."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _room(name: str, sources: Sequence[str]) -> Room:
    reached = {room_of(module) for source in sources for module in imported(source)}
    lines = sum(len(source.splitlines()) for source in sources)
    return Room(name, lines, frozenset(reached & {*names()} - {name}))


def share(room: Room, house: Mapping[str, Room]) -> float:
    return room.lines / sum(each.lines for each in house.values())


def path_of(room: str) -> str:
    return f"{room.replace('.', '/')}.py" if room in ROOTS else f"{room}/"


def drawing(house: Mapping[str, Room]) -> str:
    """Return the table: a rule above each layer, and beside each room the rooms that it imports."""
    rows = ["```", "  lines  share  room                       imports"]
    for layer in layers():
        rows += ["-" * WIDTH, *(_row(house[room], house) for room in layer)]
    return "\n".join([*rows, "```", ""])


def _row(room: Room, house: Mapping[str, Room]) -> str:
    reached = ", ".join(sorted(room.imports, key=names().index)) or "nothing of the house"
    start = f"{round(room.lines, -1):>7,} {share(room, house):>5.0%}  {path_of(room.name):<27}"
    return "\n".join(wrap(start + reached, WIDTH, subsequent_indent=" " * len(start)))


def main() -> None:
    PAGE.write_text(DRAWN.sub(drawing(rooms()), PAGE.read_text()))


if __name__ == "__main__":
    main()
