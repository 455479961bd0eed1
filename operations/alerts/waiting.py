"""Findings about sales and mails that wait or failed, one for each cause."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from db.views.unsent import UnsentMail
from domain.advice import command
from domain.event import EventStatus
from domain.findings import Finding, Level
from domain.grouping import WaitingEvent, WaitingGroup, cause_of, grouped
from domain.identifiers import order_reference
from kit.times import age
from operations.remedies import reference, remedy_of

RECENT = timedelta(days=7)
"""The time for which something that has happened is told. The lists show it for ever."""

MOST = 20
"""Causes that have a finding of their own."""

FURTHER = "further"
STATUS = "mintpost status"
UNTOLD = "nothing says why yet: is the worker up?"
BEGINNING = {
    EventStatus.OPEN: ("has been open", "have been open"),
    EventStatus.PARKED: ("has waited", "have waited"),
    EventStatus.FAILED: ("has failed", "have failed"),
}


@dataclass(frozen=True, slots=True)
class Ages:
    """An event waits too long after `after`."""

    now: datetime
    after: timedelta

    def is_told(self, event: WaitingEvent) -> bool:
        if event.status is EventStatus.FAILED:
            return self.now - (event.closed_at or event.received_at) < RECENT
        return self.now - event.received_at >= self.after


def waiting_findings(events: Iterable[WaitingEvent], ages: Ages) -> list[Finding]:
    """Return a finding for each of the largest groups, and one for all the others.

    Without this limit, a products.yaml that lost its entries fills the table of alerts, and
    webhooks wait for its rows.
    """
    groups = grouped(filter(ages.is_told, events))
    found = [_finding(group, ages) for group in groups[:MOST]]
    return [*found, *_further(groups[MOST:])]


def unsent_findings(mails: Iterable[UnsentMail], ages: Ages) -> list[Finding]:
    """Return a finding for each e-mail that a person asked for and that does not go out."""
    return [*_unsent(mails, ages)]


def _finding(group: WaitingGroup, ages: Ages) -> Finding:
    failed = group.status is EventStatus.FAILED
    oldest = group.events[0]
    return Finding(
        cause=_cause(group),
        level=Level.BROKEN,
        sentence=_sentence(group, ages.now),
        remedy=remedy_of(group),
        since=(oldest.closed_at if failed else None) or oldest.received_at,
        count=group.count,
        happened=failed,
    )


def _further(groups: Sequence[WaitingGroup]) -> Iterator[Finding]:
    if groups:
        count = sum(group.count for group in groups)
        yield Finding(
            cause=FURTHER,
            level=Level.BROKEN,
            sentence=f"{count} more events wait or failed, for {len(groups)} further causes",
            remedy=STATUS,
            since=min(group.oldest for group in groups),
            count=count,
        )


def _cause(group: WaitingGroup) -> str:
    told = cause_of(group.events[0]) or ""
    return f"{group.status}:{group.source}:{sha256(told.encode()).hexdigest()[:12]}"


def _sentence(group: WaitingGroup, now: datetime) -> str:
    one, several = BEGINNING[group.status]
    oldest = group.events[0]
    span = "" if group.status is EventStatus.FAILED else f" for {age(now - oldest.received_at)}"
    if group.count == 1:
        begin = f"{reference(oldest)} {one}{span}"
    else:
        begin = f"{group.source}: {group.count} events {several}{span}, {reference(oldest)} first"
    return f"{begin}: {group.sentence or UNTOLD}"


def _unsent(mails: Iterable[UnsentMail], ages: Ages) -> Iterator[Finding]:
    for mail in mails:
        named = order_reference(mail.source, mail.order_id)
        if mail.refused and ages.now - mail.since < RECENT:
            told = f"{named}: the e-mail that was asked for cannot be sent"
            again = command("resend", named, options=["--to ADDRESS"])
            cause = f"unsent:{mail.delivery_id}"
            yield Finding(cause, Level.BROKEN, told, again, mail.since, happened=True)
        elif not mail.refused and ages.now - mail.since >= ages.after:
            span = age(ages.now - mail.since)
            told = f"{named}: the e-mail that was asked for has waited for {span}"
            cause, look = f"mail waits:{mail.delivery_id}", command("show", named)
            yield Finding(cause, Level.BROKEN, told, look, mail.since)
