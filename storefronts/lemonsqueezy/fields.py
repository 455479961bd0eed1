"""The parts that every event of Lemon Squeezy has, and the forms of its values."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.event import SecretLabel
from storefronts import values
from storefronts.base import StoredRequest
from storefronts.document import Member, read_document

TEST: SecretLabel = "test"
MOST_COPIES = 1_000_000
MOST_MONEY = 10**12
FURTHEST_AHEAD = timedelta(days=40 * 365)
"""A seller may give a subscription a period of many years."""


@dataclass(frozen=True, slots=True)
class Event:
    """An event: its name, and the object (`data`) as it was when the shop wrote the event."""

    name: str
    meta: Member
    data: Member
    request: StoredRequest

    @property
    def attributes(self) -> Member:
        return self.data["attributes"]

    def id(self) -> str:
        return self.data["id"].order_identifier()

    def side(self) -> SecretLabel | None:
        """Return the side of the shop that has the object; None: only the secret tells it.

        A seller chooses the secrets, and may choose one for both sides.
        """
        mode = self.meta["test_mode"]
        if mode.is_missing() or mode.is_null():
            return None
        return TEST if mode.flag() else "live"

    def is_test(self) -> bool:
        return (self.side() or self.request.secret_label) == TEST


def read_event(request: StoredRequest) -> Event:
    document = read_document(request.body)
    meta = document["meta"]
    return Event(meta["event_name"].text(), meta, document["data"], request)


def money(member: Member) -> int:
    return member.whole_number(0, MOST_MONEY)


def money_or_none(member: Member) -> int | None:
    return None if is_absent(member) else money(member)


def is_set(member: Member) -> bool:
    """Tell whether a flag is true. Old bodies have null instead of false."""
    return not is_absent(member) and member.flag()


def is_absent(member: Member) -> bool:
    return member.is_missing() or member.is_null()


def past(member: Member, request: StoredRequest) -> datetime:
    return member.moment(known_at=request.received_at, read_at=request.read_at)


def past_or_none(member: Member, request: StoredRequest) -> datetime | None:
    return None if is_absent(member) else past(member, request)


def ahead_or_none(member: Member, request: StoredRequest) -> datetime | None:
    """Return a time that may lie ahead, such as the end of a period."""
    if is_absent(member):
        return None
    return values.moment(
        member.path,
        member.text(),
        known_at=request.received_at,
        read_at=request.read_at,
        ahead=FURTHEST_AHEAD,
    )
