"""Reads a JSON body and keeps its types: null, false, "", an empty list and nothing differ.

Every error names the path from our code, and quotes nothing of the body. A bad body raises only
SaleInvalidError. The limits of `storefronts.body` hold here too.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from domain.errors import SaleInvalidError
from storefronts import values
from storefronts.body import DEEPEST_NESTING, JSON, LONGEST_NAME, MOST_FIELDS


@dataclass(frozen=True, slots=True)
class _Number:
    """The digits as text, because int() refuses long numbers and a float changes them."""

    text: str


@dataclass(frozen=True, slots=True)
class _Object:
    """Pairs, because a dictionary would silently keep the last of two equal keys."""

    members: list[tuple[str, "_Json"]]


class _Missing:
    """Stands for a member that the object does not have."""


MISSING: Final = _Missing()

_Json: TypeAlias = "str | bool | _Number | list[_Json] | _Object | None"
_Content: TypeAlias = "_Json | _Missing"


@dataclass(frozen=True, slots=True)
class Member:
    """One place in a document. The place may be missing."""

    path: str
    content: _Content

    def is_missing(self) -> bool:
        return self.content is MISSING

    def is_null(self) -> bool:
        return self.content is None

    def __getitem__(self, name: str) -> "Member":
        """Return the member of an object. A missing or null object has missing members."""
        path = f"{self.path}.{name}" if self.path else name
        if self.is_missing() or self.is_null():
            return Member(path, MISSING)
        if not isinstance(self.content, _Object):
            raise self._must_be("an object")
        found = [value for key, value in self.content.members if key == name]
        if any(other != found[0] for other in found):
            raise SaleInvalidError(f"{path} is given twice with different values; it must be once")
        return Member(path, found[0] if found else MISSING)

    def items(self) -> Sequence["Member"]:
        """Return the members of a list. A missing list is an error."""
        if not isinstance(self.content, list):
            raise self._must_be("a list")
        return [Member(f"{self.path}[{n}]", each) for n, each in enumerate(self.content)]

    def text(self) -> str:
        """Return a text. An empty text is valid."""
        if not isinstance(self.content, str):
            raise self._must_be("a text")
        if "\x00" in self.content or any("\ud800" <= one <= "\udfff" for one in self.content):
            raise self._must_be("a text that can be stored")
        return self.content

    def text_or_none(self) -> str | None:
        """Return a text, or None if the member is missing or null. An empty text is a text."""
        return None if self.is_missing() or self.is_null() else self.text()

    def identifier(self) -> str:
        """Return an id as text, because shops send ids as numbers or as texts."""
        return values.identifier(self.path, self._id())

    def identifier_or_none(self) -> str | None:
        return None if self.is_missing() or self.is_null() else self.identifier()

    def order_identifier(self) -> str:
        return values.order_identifier(self.path, self._id())

    def whole_number(self, least: int, most: int) -> int:
        """Return a whole number. Digits in a text, true and 1.0 are no numbers."""
        if not isinstance(self.content, _Number):
            raise self._must_be("a whole number")
        return values.whole_number(self.path, self.content.text, least, most)

    def flag(self) -> bool:
        """Return true or false. A missing flag is an error."""
        if not isinstance(self.content, bool):
            raise self._must_be("true or false")
        return self.content

    def address(self) -> str:
        return values.address(self.path, self.text())

    def moment(self, *, known_at: datetime, read_at: datetime | None) -> datetime:
        return values.moment(self.path, self.text(), known_at=known_at, read_at=read_at)

    def _id(self) -> str:
        return self.content.text if isinstance(self.content, _Number) else self.text()

    def _must_be(self, what: str) -> SaleInvalidError:
        return SaleInvalidError(f"{self.path or 'its JSON'} must be {what}")


def read_document(body: bytes) -> Member:
    """Return the outermost object. The charset of JSON is UTF-8 by its standard."""
    if not body.strip():
        raise SaleInvalidError(f"its body is empty; it must be {JSON}")
    document = _parsed(body)
    if not isinstance(document, _Object):
        raise SaleInvalidError("its JSON is no object; it must be one, as in {…}")
    for count, name in enumerate(_names(document, 1), start=1):
        if count > MOST_FIELDS:
            raise SaleInvalidError(f"its body has more than {MOST_FIELDS} fields")
        if len(name) > LONGEST_NAME:
            raise SaleInvalidError(
                f"a field's name is too long; it must be at most {LONGEST_NAME} characters"
            )
    return Member("", document)


def require_same(told: Member, asked: str) -> None:
    """Raise SaleInvalidError if an answer names another id than the question. It may name none."""
    if told.identifier_or_none() not in {None, asked}:
        raise SaleInvalidError(f"{told.path} must be the one that was asked for")


def _parsed(body: bytes) -> _Json:
    try:
        parsed: _Json = json.loads(
            body.decode("utf-8-sig"),
            object_pairs_hook=_Object,
            parse_int=_Number,
            parse_float=_Number,
            parse_constant=_Number,
        )
    except ValueError:
        raise SaleInvalidError("its body is not JSON; it must be valid") from None
    except RecursionError:
        raise _too_deep() from None
    return parsed


def _names(value: _Json, depth: int) -> Iterator[str]:
    """Yield the name of each value in the document, or an empty name for a list's value."""
    if depth > DEEPEST_NESTING:
        raise _too_deep()
    if isinstance(value, _Object):
        for name, member in value.members:
            yield name
            yield from _names(member, depth + 1)
    elif isinstance(value, list):
        for item in value:
            yield ""
            yield from _names(item, depth + 1)


def _too_deep() -> SaleInvalidError:
    return SaleInvalidError(f"its JSON is nested deeper than {DEEPEST_NESTING} levels")
