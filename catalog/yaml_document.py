"""Turns YAML into plain data with the line of every part.

YAML's own types would lose the seller's spelling (`on` is true, `1.10` is 1.1, `010` is eight), so
only text, whole numbers, nulls, and `true` and `false` themselves are converted.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

import yaml

from catalog.mistakes import Mistake
from catalog.yaml_syntax import Composer, compose
from domain.text import LONGEST_TEXT, plain_text

LONGEST_SHOWN = 40
HAS_EMPTY_KEY = ("variant",)  # The category "" is a group of options without a title.
TRUTHS = {"true": True, "false": False}
KeyPath = tuple[str | int, ...]


class Unusable(Enum):
    """Stands for a value that cannot be used."""

    OTHER_SCALAR = auto()
    """None of those that are converted: `on`, `1.5`, `2026-09-01`."""
    REPORTED = auto()
    """A mistake about the value is already recorded."""


@dataclass(frozen=True, slots=True)
class Place:
    """A value's line (its key's line, if it has a key) and its spelling in the file."""

    line: int
    written: str


@dataclass(frozen=True, slots=True)
class Document:
    """`data` holds dicts with text keys, list, str, int, bool, None and Unusable."""

    data: object
    places: Mapping[KeyPath, Place]
    mistakes: list[Mistake]


def read_yaml(content: bytes) -> Document:
    """Read one YAML document. Raises MistakesError if the rest cannot be read."""
    node = compose(content)
    walk = _Walk()
    data = None if node is None else walk.read(node, (), _line(node))
    return Document(data, walk.places, walk.mistakes)


def shown(text: str) -> str:
    """Return text of the file, shortened and escaped for a sentence."""
    short = text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
    return short if short.isprintable() else ascii(short)[1:-1]


class _Walk:
    def __init__(self) -> None:
        self.places: dict[KeyPath, Place] = {}
        self.mistakes: list[Mistake] = []

    def read(self, node: yaml.Node, path: KeyPath, line: int) -> object:
        self.places[path] = Place(line, _written(node))
        if isinstance(node, yaml.MappingNode):
            return self.read_mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [
                self.read(item, (*path, position), _line(item))
                for position, item in enumerate(node.value)
            ]
        if node.tag == Composer.ALIAS:
            return self.told(line, f'alias "{shown(node.value)}": write it out, or quote it')
        return _scalar(node)

    def read_mapping(self, node: yaml.MappingNode, path: KeyPath) -> dict[str, object] | Unusable:
        data: dict[str, object] = {}
        for key, value in node.value:
            line = _line(key)
            if not self.takes_key(key, path):
                continue
            if key.value in data:
                before = self.places[*path, key.value].line
                self.told(line, f'duplicate key "{shown(key.value)}": line {before} has it already')
                continue
            data[key.value] = self.read(value, (*path, key.value), line)
        # Without any valid key, the mapping would also be reported as empty.
        return data if data or not node.value else Unusable.REPORTED

    def takes_key(self, key: yaml.Node, path: KeyPath) -> bool:
        if key.tag == "tag:yaml.org,2002:merge":
            self.told(_line(key), "merge key <<: write the entry out instead")
        elif (
            not isinstance(key, yaml.ScalarNode)
            or key.tag == Composer.ALIAS
            or (not key.value and (_scalar(key) is None or path[-1:] != HAS_EMPTY_KEY))
        ):
            self.told(_line(key), "a key must be plain text")
        elif not isinstance(_scalar(key), str):
            written = shown(key.value)
            self.told(_line(key), f'key {written} must be text: quote it, "{written}"')
        elif key.value != plain_text(key.value):
            rule = (
                f"{LONGEST_TEXT} characters at most, no blanks at its ends, no control characters"
            )
            self.told(_line(key), f'key "{shown(key.value)}" breaks a rule: {rule}')
        else:
            return True
        return False

    def told(self, line: int, sentence: str) -> Unusable:
        self.mistakes.append(Mistake(line, sentence))
        return Unusable.REPORTED


def _scalar(node: yaml.Node) -> object:
    kind = node.tag.removeprefix("tag:yaml.org,2002:")
    if kind == "str":
        return node.value
    if kind == "null":
        return None
    if kind == "bool":
        return TRUTHS.get(node.value.lower(), Unusable.OTHER_SCALAR)
    # Longer numbers are beyond every limit, and int() refuses thousands of digits.
    if kind == "int" and re.fullmatch(r"[-+]?(0|[1-9][0-9]{0,17})", node.value):
        return int(node.value)
    return Unusable.OTHER_SCALAR


def _written(node: yaml.Node) -> str:
    if isinstance(node, yaml.MappingNode):
        return "a mapping"
    if isinstance(node, yaml.SequenceNode):
        return "a list"
    value = _scalar(node)
    if value is None:
        return "empty"
    text = shown(node.value)
    return f'"{text}"' if isinstance(value, str) else text


def _line(node: yaml.Node) -> int:
    return node.start_mark.line + 1
