"""Orders and charges of a subscription with two lines, for the tests of `db/`."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from db.applying import Applied, NewFacts, apply_event
from db.engine import Database
from db.licenses import LicenseWithDelivery
from db.sales import save_order
from db.views.lists import Filters, LicenseLine, list_licenses
from domain.decisions import Decision
from domain.facts import Fact, SubscriptionLink, SubscriptionState
from domain.sale import Sale
from tests.db.rows import NOON, decision, license_of, minted, sale_of, store_event

DAY = timedelta(days=1)
A, B, C = "price_a", "price_b", "price_c"
FEBRUARY, MARCH = NOON + 30 * DAY, NOON + 60 * DAY
LINK = SubscriptionLink("sub", "order-1", NOON)
CANCELED = SubscriptionState("sub", NOON, renews=False)
WAITS = "noted:no_sale_yet"


def line_of(line: str, name: str, order: str = "order-1", **parts: object) -> Sale:
    sale = replace(sale_of(order, "sub"), line=line, subscription_line=name, paid_until=FEBRUARY)
    return replace(sale, **parts)  # type: ignore[arg-type]


def charge_of(order: str, line: str, name: str, until: datetime = MARCH) -> Sale:
    return line_of(line, name, order, charge=True, sold_at=NOON + 30 * DAY, paid_until=until)


def mint_order(session: Session, *sales: Sale, key: str = "KEY") -> list[LicenseWithDelivery]:
    """Save an order of these lines and mint each."""
    event_id = store_event(session, sales[0].order_id)
    ids = save_order(session, event_id, sales, NOON)
    terms = replace(decision(), months=1)
    return [
        minted(
            session,
            sale,
            replace(license_of(number, f"{key}-{number}", event_id=event_id), decision=terms),
        )
        for number, sale in zip(ids, sales, strict=True)
    ]


def applied(
    session: Session, *facts: Fact, kind: str = "refund", plan: Decision | None = None
) -> Applied:
    event_id = store_event(session, getattr(facts[0], "order_id", None), kind)
    plans = {} if plan is None else {0: plan}
    return apply_event(session, NewFacts(event_id, kind, "gumroad", facts, plans), NOON)


def licenses(database: Database) -> dict[str, LicenseLine]:
    """Return each license by its line."""
    return {each.line: each for each in database.read_here(list_licenses, Filters(now=NOON))}


def ends(database: Database) -> dict[str, datetime | None]:
    return {line: each.expires_at for line, each in licenses(database).items()}


def end_of(day: datetime) -> datetime:
    return day.replace(hour=23, minute=59, second=59)


def two(database: Database) -> None:
    database.write_here(mint_order, line_of("1", A), line_of("2", B))


def half_minted(session: Session) -> tuple[int, int]:
    """Save an order of two lines and mint the first; return its event and its second sale."""
    event_id = store_event(session, "order-1")
    lines = line_of("1", A), line_of("2", B)
    first, second = save_order(session, event_id, lines, NOON)
    minted(session, lines[0], license_of(first, event_id=event_id))
    return event_id, second
