"""Stripe's times: Unix seconds, and ISO 8601 in thin events."""

from datetime import UTC, datetime

from storefronts import values
from storefronts.base import StoredRequest
from storefronts.document import Member

LAST_SECOND = 253_402_300_799
"""The end of the year 9999."""


def instant(member: Member) -> datetime:
    """Return a time that may lie ahead, such as the end of a period."""
    return datetime.fromtimestamp(member.whole_number(0, LAST_SECOND), UTC)


def instant_or_none(member: Member) -> datetime | None:
    return None if member.is_missing() or member.is_null() else instant(member)


def moment_of(member: Member, request: StoredRequest) -> datetime:
    """Return the time of something that has happened."""
    text = member.content if isinstance(member.content, str) else instant(member).isoformat()
    known_at, read_at = request.received_at, request.read_at
    return values.moment(member.path, text, known_at=known_at, read_at=read_at)
