"""Reads docs/runbook.md: the sections, what a person sees in each, and the commands to run."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "runbook.md"
SECTION = re.compile(r"^## (?P<title>.+)\n(?P<body>(?:(?!## ).*\n)*)", re.MULTILINE)
BLOCK = re.compile(r"^```(?P<kind>\w+)\n(?P<lines>.*?)^```", re.MULTILINE | re.DOTALL)
PLACE = re.compile(r"<[a-z ]+>")


@dataclass(frozen=True, slots=True)
class Section:
    """`seen` are lines that a person sees; `…` stands for any text. `commands` come in order."""

    title: str
    seen: Sequence[str]
    commands: Sequence[str]


def sections() -> Mapping[str, Section]:
    """Return the sections with commands by title."""
    found = (_section(each["title"], each["body"]) for each in SECTION.finditer(PAGE.read_text()))
    return {section.title: section for section in found if section.commands}


def filled(command: str, places: Mapping[str, str]) -> str:
    """Return the command with a value for each place. Raises KeyError for an unknown place."""
    bare = re.sub(r"\s+#.*", "", command)
    return PLACE.sub(lambda place: places[place.group().strip("<>")], bare)


def matches(seen: str, told: str, places: Mapping[str, str]) -> bool:
    """Tell whether the line of the page stands in the text."""
    parts = [
        re.escape(part) for part in PLACE.sub(lambda p: places[p.group()[1:-1]], seen).split("…")
    ]
    return re.search(".*".join(parts), told, re.DOTALL) is not None


def _section(title: str, body: str) -> Section:
    blocks = list(BLOCK.finditer(body))
    return Section(title, _lines(blocks, "text"), _lines(blocks, "sh"))


def _lines(blocks: Sequence[re.Match[str]], kind: str) -> Sequence[str]:
    lines = [
        line for block in blocks if block["kind"] == kind for line in block["lines"].split("\n")
    ]
    return [line for line in map(str.strip, lines) if line]
