"""Reads Postmark's answers into typed values, after its API documentation of autumn 2026."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import httpx

from domain.identifiers import is_usable
from domain.text import one_line
from kit.retry_after import read_retry_after
from mailers.base import Mark


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer for one mail. `text` is Postmark's wording, and may hold an address."""

    status: int
    code: int | None
    message_id: str | None
    text: str | None
    retry_after: timedelta | None

    @property
    def ok(self) -> bool:
        return httpx.codes.is_success(self.status)


@dataclass(frozen=True, slots=True)
class Listed:
    """One message in Postmark's list, with our mark if it has one."""

    message_id: str
    delivery: str | None
    reference: str | None

    def is_marked(self, mark: Mark) -> bool:
        # Other applications on the same server may also number their deliveries.
        return self.delivery == str(mark.delivery_id) and self.reference == mark.reference


def read_answer(response: httpx.Response) -> Answer:
    """Read any answer. A missing value, or a value of another type, becomes None."""
    body = _object(_json(response.content))
    code, text = body.get("ErrorCode"), body.get("Message")
    return Answer(
        status=response.status_code,
        code=code if isinstance(code, int) else None,
        message_id=_message_id(body),
        text=one_line(text) if isinstance(text, str) else None,
        retry_after=read_retry_after(response.headers.get("Retry-After", "")),
    )


def read_listing(response: httpx.Response) -> tuple[Listed, ...] | None:
    """Read the list of messages, newest first; None if any part of the list is malformed.

    TotalCount is ignored, because one official client has it as text.
    """
    messages = _object(_json(response.content)).get("Messages")
    if not isinstance(messages, list):
        return None
    listed = tuple(filter(None, map(_listed, messages)))
    return listed if len(listed) == len(messages) else None


def _listed(message: object) -> Listed | None:
    fields = _object(message)
    message_id = _message_id(fields)
    if message_id is None:
        return None
    metadata = _object(fields.get("Metadata"))
    return Listed(message_id, _text(metadata, "delivery"), _text(metadata, "reference"))


def _json(body: bytes) -> object:
    try:
        parsed: object = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return parsed


def _object(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _text(fields: Mapping[str, object], name: str) -> str | None:
    value = fields.get(name)
    return value if isinstance(value, str) else None


def _message_id(fields: Mapping[str, object]) -> str | None:
    value = _text(fields, "MessageID")
    return value if value is not None and is_usable(value) else None
