"""Turns YAML into plain data with the line of every part.

YAML's own types would lose the seller's spelling (`on` is true, `1.10` is 1.1, `010` is eight), so
only text, whole numbers and nulls are converted.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

import yaml
from typing_extensions import override
from yaml.composer import ComposerError
from yaml.reader import ReaderError

from domain.text import LONGEST_TEXT, plain_text

DEEPEST = 20
LONGEST_SHOWN = 40
HAS_EMPTY_KEY = ("variant",)  # The category "" is a group of options without a title.
KeyPath = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """A mistake in a file. Lines count from 1."""

    line: int
    sentence: str


class MistakesError(Exception):
    def __init__(self, *mistakes: Mistake) -> None:
        super().__init__(*mistakes)
        self.mistakes = sorted(set(mistakes))


class Unusable(Enum):
    """Stands for a value that cannot be used."""

    OTHER_SCALAR = auto()
    """Not text, not a whole number and not null: `on`, `1.5`, `2026-09-01`."""
    REPORTED = auto()
    """A mistake about the value is already recorded."""


@dataclass(frozen=True, slots=True)
class Place:
    """A value's line (its key's line, if it has a key) and its spelling in the file."""

    line: int
    written: str


@dataclass(frozen=True, slots=True)
class Document:
    """`data` holds dicts with text keys, list, str, int, None and Unusable."""

    data: object
    places: Mapping[KeyPath, Place]
    mistakes: list[Mistake]


def read_yaml(content: bytes) -> Document:
    """Read one YAML document. Raises MistakesError if the rest cannot be read."""
    node = _compose(_decode(content))
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
        if node.tag == _Composer.ALIAS:
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
            or key.tag == _Composer.ALIAS
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


class _Composer(yaml.SafeLoader):
    """Composes nodes with limited depth, and does not follow aliases.

    Aliases can multiply without end. In pure Python each level of nesting is a level of recursion.
    """

    ALIAS = "!alias"
    depth = 0

    @override
    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            event = self.get_event()  # type: ignore[no-untyped-call]  # types-PyYAML has no type
            return yaml.ScalarNode(self.ALIAS, f"*{event.anchor}", event.start_mark, event.end_mark)
        if self.depth == DEEPEST:
            mark = parent.start_mark if parent else None
            raise ComposerError(None, None, "nested too deeply", mark)
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def _decode(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise MistakesError(Mistake(line, "this is not UTF-8: save the file as UTF-8")) from None


def _compose(text: str) -> yaml.Node | None:
    try:
        loader = _Composer(text)
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        what = f"control character U+{ord(text[error.position]):04X}: remove it"
        raise MistakesError(Mistake(line, what)) from None
    try:
        return loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        raise MistakesError(_syntax_mistake(error)) from None
    except (ValueError, OverflowError):
        # PyYAML accepts any number as a character (`"\UFFFFFFFF"`) and as a version of YAML.
        what = "this is not YAML: a number in it is too large"
        raise MistakesError(Mistake(loader.get_mark().line + 1, what)) from None


@dataclass(frozen=True, slots=True)
class _Wording:
    """A problem in PyYAML's words and in ours. `at_start`: report the construct's first line."""

    theirs: str
    ours: str
    at_start: bool = False


_WORDINGS = (
    _Wording("character '\\t'", "a tab: write spaces instead"),
    _Wording("cannot start any token", "a character that cannot start a text: quote the text"),
    _Wording(
        "mapping values are not allowed",
        "a colon where none can be: check the indentation, or quote the text",
    ),
    _Wording(
        "could not find expected ':'", "a line without its colon: write key: value", at_start=True
    ),
    _Wording("expected <block end>", "the indentation does not fit the lines above"),
    _Wording("unexpected end of stream", "a quote that is not closed", at_start=True),
    _Wording("expected ',' or", "a bracket or a brace that is not closed", at_start=True),
    _Wording("'<stream end>'", "the file ends in the middle of something"),
    _Wording("another document", "a second YAML document: there may be only one"),
)


def _syntax_mistake(error: yaml.MarkedYAMLError) -> Mistake:
    problem = error.problem or ""
    wording = next(
        (one for one in _WORDINGS if one.theirs in problem),
        _Wording("", f"this is not YAML: {problem}"),
    )
    here, start = error.problem_mark, error.context_mark
    mark = start if wording.at_start and start is not None else here
    return Mistake(mark.line + 1 if mark else 1, wording.ours)


def _scalar(node: yaml.Node) -> object:
    kind = node.tag.removeprefix("tag:yaml.org,2002:")
    if kind == "str":
        return node.value
    if kind == "null":
        return None
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
