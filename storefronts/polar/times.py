"""The times in Polar's bodies."""

from datetime import datetime, timedelta

from storefronts import values
from storefronts.base import StoredRequest
from storefronts.document import Member

FURTHEST_AHEAD = timedelta(days=100 * 365)
"""A seller chooses the length of a period, and a subscription may be given for decades."""


def event_time(document: Member, request: StoredRequest) -> datetime:
    """Return the time of the event: the payment, or the change."""
    told = moment_or_none(document["timestamp"], request)
    return told or values.arrival(request.received_at, request.read_at)


def changed_at(document: Member, request: StoredRequest) -> datetime:
    """Return the time of the state in an update, which may tell an earlier change again."""
    told = moment_or_none(document["data"]["modified_at"], request)
    return told or event_time(document, request)


def newest_time(document: Member, request: StoredRequest) -> datetime:
    """Return the time of a change that the event itself is about."""
    return max(event_time(document, request), changed_at(document, request))


def moment_or_none(
    member: Member, request: StoredRequest, ahead: timedelta = timedelta()
) -> datetime | None:
    """Return a time, which may lie `ahead` of the arrival; None if the body tells none."""
    text = member.text_or_none()
    if not text:
        return None
    known_at, read_at = request.received_at, request.read_at
    return values.moment(member.path, text, known_at=known_at, read_at=read_at, ahead=ahead)


def end_or_none(member: Member, request: StoredRequest) -> datetime | None:
    """Return the end of a period, which mostly lies ahead."""
    return moment_or_none(member, request, FURTHEST_AHEAD)
