"""Reads values out of Postmark's JSON. A value that is missing, or of another type, is None."""

import json
from collections.abc import Mapping

from domain.identifiers import is_usable

NAME = "postmark"
"""The mailer's name in `deliveries.provider` and in the path of its webhook."""


def json_of(body: bytes) -> object:
    try:
        parsed: object = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return parsed


def object_of(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def text_of(fields: Mapping[str, object], name: str) -> str | None:
    value = fields.get(name)
    return value if isinstance(value, str) else None


def message_id_of(fields: Mapping[str, object]) -> str | None:
    value = text_of(fields, "MessageID")
    return value if value is not None and is_usable(value) else None
