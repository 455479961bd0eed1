"""Composes the nodes of one YAML document, and words each mistake of its syntax."""

from dataclasses import dataclass

import yaml
from typing_extensions import override
from yaml.composer import ComposerError
from yaml.reader import ReaderError

from catalog.mistakes import Mistake, MistakesError

DEEPEST = 20


class Composer(yaml.SafeLoader):
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


def compose(content: bytes) -> yaml.Node | None:
    """Return the root of the document, None for an empty one. Raises MistakesError."""
    text = _decode(content)
    try:
        loader = Composer(text)
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        what = f"control character U+{ord(text[error.position]):04X}: remove it"
        raise MistakesError(Mistake(line, what)) from None
    return _root(loader)


def _decode(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise MistakesError(Mistake(line, "this is not UTF-8: save the file as UTF-8")) from None


def _root(loader: Composer) -> yaml.Node | None:
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
