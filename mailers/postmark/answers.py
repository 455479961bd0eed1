"""Reads Postmark's answers into typed values, after its API documentation of autumn 2026."""

from dataclasses import dataclass
from datetime import timedelta

import httpx

from domain.text import one_line
from kit.retry_after import read_retry_after
from mailers.base import Mark
from mailers.postmark.values import json_of, message_id_of, object_of, text_of


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
        return self.delivery == mark.name and self.reference == mark.reference


def read_answer(response: httpx.Response) -> Answer:
    """Read any answer. A missing value, or a value of another type, becomes None."""
    body = object_of(json_of(response.content))
    code, text = body.get("ErrorCode"), body.get("Message")
    return Answer(
        status=response.status_code,
        code=code if isinstance(code, int) else None,
        message_id=message_id_of(body),
        text=one_line(text) if isinstance(text, str) else None,
        retry_after=read_retry_after(response.headers.get("Retry-After", "")),
    )


def read_listing(response: httpx.Response) -> tuple[Listed, ...] | None:
    """Read the list of messages, newest first; None if any part of the list is malformed.

    TotalCount is ignored, because one official client has it as text.
    """
    messages = object_of(json_of(response.content)).get("Messages")
    if not isinstance(messages, list):
        return None
    listed = tuple(filter(None, map(_listed, messages)))
    return listed if len(listed) == len(messages) else None


def _listed(message: object) -> Listed | None:
    fields = object_of(message)
    message_id = message_id_of(fields)
    if message_id is None:
        return None
    metadata = object_of(fields.get("Metadata"))
    return Listed(message_id, text_of(metadata, "delivery"), text_of(metadata, "reference"))
