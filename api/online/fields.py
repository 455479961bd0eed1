"""Reads the body of an app's question: bounded, whole, and as named fields."""

import json
import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NoReturn
from urllib.parse import parse_qsl

from fastapi import Request
from python_multipart import FormParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import Field, File, parse_options_header

# The parser logs parts of the bodies, and a line for every bad body that a stranger sends.
logging.getLogger("python_multipart").setLevel(logging.CRITICAL)

LONGEST_BODY = 16 * 1024
"""In bytes. A real question has a few hundred."""

MOST_FIELDS = 100
LONGEST_NAME = 100


class Kind(StrEnum):
    """A form of body, by its content type."""

    JSON = "application/json"
    JSON_API = "application/vnd.api+json"
    FORM = "application/x-www-form-urlencoded"
    MULTIPART = "multipart/form-data"


class BadRequestError(Exception):
    """A question that is not understood. `field` None: the whole body is wrong."""

    def __init__(self, why: str, field: str | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.field = field


class BodyTooLongError(Exception):
    """The body has more than LONGEST_BODY bytes."""


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of a question. Each reading raises BadRequestError with the field's name."""

    values: Mapping[str, object]
    at: str = ""

    def text(self, name: str) -> str | None:
        """Return a text; None if it is absent or null."""
        value = self.values.get(name)
        if value is None:
            return None
        if not isinstance(value, str):
            raise BadRequestError("must be text", self.at + name)
        # No database stores a NUL or half a character.
        if "\0" in value or not _is_unicode(value):
            raise BadRequestError("has a character in it that is no text", self.at + name)
        return value

    def required(self, name: str) -> str:
        """Return a text that must be there, and not be empty."""
        value = self.text(name)
        if not value:
            raise BadRequestError("is missing", self.at + name)
        return value

    def flag(self, name: str) -> bool | None:
        """Return true or false, which a form can only write as a word."""
        value = self.values.get(name)
        words = {"true": True, "1": True, "false": False, "0": False}
        if isinstance(value, str) and value.lower() in words:
            return words[value.lower()]
        if value is None or isinstance(value, bool):
            return value
        raise BadRequestError("must be true or false", self.at + name)

    def number(self, name: str) -> int | None:
        """Return a whole number, which a form can only write as a text."""
        value = self.values.get(name)
        if isinstance(value, str) and value.isdecimal() and len(value) < len(str(2**63)):
            return int(value)
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        raise BadRequestError("must be a whole number", self.at + name)

    def inner(self, name: str) -> "Fields | None":
        """Return the fields of an object inside; None if it is absent or null."""
        value = self.values.get(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise BadRequestError("must be an object", self.at + name)
        return Fields(value, f"{self.at}{name}.")


async def read_fields(request: Request, kinds: Collection[Kind], *, query: bool = False) -> Fields:
    """Read the body, in one of these forms. `query`: fields of the query count too, after it.

    Raises BadRequestError and BodyTooLongError.
    """
    asked = _form_fields(request.scope["query_string"]) if query else {}
    header = request.headers.get("content-type", "")
    body = await read_body(request)
    if query and not body:
        return Fields(asked)
    kind = _kind(header, kinds)
    if kind in {Kind.JSON, Kind.JSON_API}:
        return Fields(asked | json_fields(body))
    if kind is Kind.MULTIPART:
        return Fields(asked | _multipart_fields(header, body))
    return Fields(asked | _form_fields(body))


async def read_body(request: Request) -> bytes:
    """Return the body. Raises BodyTooLongError, as soon as it is clear."""
    if request.headers.get("content-length", "0").lstrip("0")[: len("16385")].isdecimal():
        _require_short(request.headers["content-length"])
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_BODY:
            raise BodyTooLongError
    return bytes(body)


def json_fields(body: bytes) -> dict[str, object]:
    """Read a JSON object. Raises BadRequestError, also for a name that comes twice."""
    try:
        value = json.loads(body, object_pairs_hook=_once_each, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise BadRequestError("the body is no JSON") from None
    if not isinstance(value, dict):
        raise BadRequestError("the body must be a JSON object")
    return value


def _require_short(length: str) -> None:
    digits = length.strip().lstrip("0")
    if len(digits) > len(str(LONGEST_BODY)) or int(digits or "0") > LONGEST_BODY:
        raise BodyTooLongError


def _kind(header: str, kinds: Collection[Kind]) -> Kind:
    named = header.partition(";")[0].strip().lower()
    for kind in kinds:
        if kind == named:
            return kind
    raise BadRequestError(f"the content type must be one of {', '.join(sorted(kinds))}")


def _form_fields(written: bytes) -> dict[str, object]:
    try:
        pairs = parse_qsl(
            written.decode(),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError:
        raise BadRequestError("the form cannot be read") from None
    return _once_each(pairs)


def _multipart_fields(header: str, body: bytes) -> dict[str, object]:
    pairs: list[tuple[str, object]] = []
    ends: list[None] = []

    def keep(field: Field) -> None:
        if len(pairs) >= MOST_FIELDS:
            raise BadRequestError("the form has too many fields")
        pairs.append(((field.field_name or b"").decode(), (field.value or b"").decode()))

    _, options = parse_options_header(header)
    try:
        boundary = options.get(b"boundary")
        parser = FormParser(Kind.MULTIPART, keep, _no_file, lambda: ends.append(None), boundary)
        parser.write(body)
        parser.finalize()
    except (FormParserError, ValueError):
        raise BadRequestError("the form cannot be read") from None
    if not ends:
        raise BadRequestError("the form is cut off")
    return _once_each(pairs)


def _no_file(_file: File) -> NoReturn:
    raise BadRequestError("the form has a file in it")


def _once_each(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise BadRequestError(*_twice(name))
        found[name] = value
    return found


def _twice(name: str) -> tuple[str, str | None]:
    """Say it of the field, if the answer can repeat its name."""
    if len(name) <= LONGEST_NAME and name.isascii() and name.isprintable():
        return "comes twice", name
    return "a field comes twice", None


def _no_number(_word: str) -> NoReturn:
    raise ValueError("no JSON number")


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
