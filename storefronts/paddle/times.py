"""The times in Paddle's events."""

from datetime import datetime, timedelta

from storefronts import values
from storefronts.base import StoredRequest
from storefronts.document import Member

FURTHEST_AHEAD = timedelta(days=10 * 366)
"""A period may have several years, and a change waits for its end."""


def occurred_at(document: Member, request: StoredRequest) -> datetime:
    """Return the time that orders the events of one object."""
    return past(document["occurred_at"], request)


def past(member: Member, request: StoredRequest) -> datetime:
    return member.moment(known_at=request.received_at, read_at=request.read_at)


def past_or_none(member: Member, request: StoredRequest) -> datetime | None:
    return None if member.text_or_none() is None else past(member, request)


def ahead_or_none(member: Member, request: StoredRequest) -> datetime | None:
    """Return a time that may lie ahead, such as the end of a period."""
    text = member.text_or_none()
    if text is None:
        return None
    known_at, read_at = request.received_at, request.read_at
    return values.moment(
        member.path, text, known_at=known_at, read_at=read_at, ahead=FURTHEST_AHEAD
    )
