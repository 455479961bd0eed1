"""Compares the state of each license that has a story with the only right end of the story."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from domain.event import EventKind
from domain.license import LicenseStatus
from torture.drawing import DrawnStory
from torture.evidence import Evidence, FoundLicense

UNDER_WAY = timedelta(seconds=10)
"""A send that began before a license was taken back has ended by then."""
AGAINST = (
    EventKind.REFUND,
    EventKind.DISPUTE,
    EventKind.CANCELLATION,
    EventKind.SUBSCRIPTION_ENDED,
    EventKind.REVOKE,
)
"""The events of torture's stories that never bring the holder anything."""


def wrong_states(stories: Iterable[DrawnStory], found: Evidence) -> Iterator[tuple[str, str]]:
    """Yield each order whose license is in a wrong state, with both states."""
    licenses = {each.order_id: each for each in found.licenses}
    for drawn in stories:
        for order in drawn.orders:
            license_ = licenses.get(order.order_id)
            if license_ is None:
                continue
            is_, right = _told(license_, drawn), _right(drawn)
            if is_ != right:
                yield order.order_id, f"{drawn.story.name}: it is {is_}, and {right} is right"


def _told(found: FoundLicense, drawn: DrawnStory) -> str:
    if drawn.story.end.status != LicenseStatus.ACTIVE:
        return f"{found.status} ({found.reason})"
    return _active(
        f"{found.status} ({found.reason})",
        found.tier,
        found.seats,
        f"{found.expires_at}",
        renews=found.renews,
    )


def _right(drawn: DrawnStory) -> str:
    end = drawn.story.end
    status = f"{end.status} ({end.reason})"
    if end.status != LicenseStatus.ACTIVE:
        return status
    renews = end.renews if drawn.orders[0].subscription_id else None
    return _active(status, end.tier, end.seats, f"{drawn.expires_at}", renews=renews)


def _active(status: str, tier: str, seats: int, expires_at: str, *, renews: bool | None) -> str:
    return f"{status}, {tier}, seats {seats}, until {expires_at}, renews {renews}"


def may_lack_license(stories: Iterable[DrawnStory]) -> set[str]:
    """Return the orders that may be without a license, because their story takes it away."""
    return {
        order.order_id
        for drawn in stories
        if not drawn.story.end.needs_license
        for order in drawn.orders
    }


def unmailed_events(found: Evidence) -> Iterator[tuple[str, str]]:
    """Yield each order with an event in its holder's favor of which no mail told."""
    mailed = set(found.messages)
    for owed in found.deliveries:
        if owed.event_kind and not owed.is_withdrawn and owed.mail_id not in mailed:
            yield owed.order_id, f"no mail told of its {owed.event_kind}"


def unwanted_mails(found: Evidence) -> Iterator[tuple[str, str]]:
    """Yield mails about an event against the holder, and mails after a license was taken back."""
    owed = {each.delivery_id: each for each in found.deliveries}
    taken = {each.license_id: each for each in found.licenses if each.taken_at is not None}
    for mail in found.mails:
        delivery = owed.get(mail.delivery_id)
        if delivery is None:
            continue
        if delivery.event_kind in AGAINST:
            yield delivery.order_id, f"a mail told of its {delivery.event_kind}"
        license_ = taken.get(delivery.license_id)
        at = None if license_ is None else license_.taken_at
        if at is not None and mail.arrived_at > at + UNDER_WAY:
            yield delivery.order_id, "it was mailed after its license was taken back"
