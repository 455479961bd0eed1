"""`mintpost issue`: gives a license without a sale, and tells its key."""

import asyncio
from dataclasses import asdict, dataclass
from datetime import timedelta

from rich.text import Text

from commands.tables import console, print_json, tell, warn
from db.engine import Database
from db.views.lists import EventLine, Filters, list_deliveries
from domain.advice import advised
from domain.delivery import DeliveryStatus
from domain.granting import Granting
from domain.wanted import Wanted
from operations.issue import Issued, issue
from operations.outcomes import outcomes_of

ONLY_WRITTEN = "only written into the outbox: nobody got it"


@dataclass(frozen=True, slots=True)
class IssueWish:
    wanted: Wanted
    granting: Granting
    as_json: bool
    patience: timedelta


def run_issue(wish: IssueWish, database: Database) -> None:
    """Give the license, wait for its mail, and print both. Raises RefusedError."""
    issued = issue(database, wish.wanted, wish.granting)
    events = [] if issued.event_id is None else [issued.event_id]
    followed = asyncio.run(outcomes_of(database, events, wish.patience)) if events else []
    if wish.wanted.tier is not None:
        warn(wish.granting.catalog.doubt_of_tier(wish.wanted.tier, issued.order or ""))
    if wish.as_json:
        print_json([asdict(issued)])
        return
    out = console()
    tell(f"{issued.order}: {_told(issued)}")
    out.print(Text(f"key: {issued.key}"), soft_wrap=True)
    for event in followed:
        sent = _sent(database, issued)
        tell(_mail(event, wish.granting, issued, sent))


def _told(issued: Issued) -> str:
    seats = "1 seat" if issued.seats == 1 else f"{issued.seats} seats"
    end = "never ends" if issued.expires_at is None else f"ends {issued.expires_at.date()}"
    which = f"license {issued.license_id}, {issued.tier}, {seats}, {end}"
    return which if issued.new else f"this reference has its license already: {which}"


def _sent(database: Database, issued: Issued) -> str:
    source, _, order_id = (issued.order or "").partition(":")
    mails = database.read_here(list_deliveries, Filters(source=source, order_id=order_id))
    written = any(mail.status == DeliveryStatus.LOGGED for mail in mails)
    return f"its mail was {ONLY_WRITTEN}" if written else "the holder was mailed"


def _mail(event: EventLine, granting: Granting, issued: Issued, sent: str) -> str:
    if not granting.mail:
        return "nobody was mailed"
    if event.outcome is not None:
        return f"event {event.id} {event.outcome}: {sent}"
    waits = event.error or "it goes out once the API and a worker run"
    return f"the mail waits: {waits}; {advised('show', issued.order or '')}"
