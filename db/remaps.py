"""Licenses that a person gives the terms of today's product mapping."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from db.acting import NewAct, close_act, record_act
from db.decisions import plain
from db.events import note_event
from db.history import life_of
from db.inserting import the_one
from db.reliving import Cause, Change, locked_license, relive
from db.resends import NewResend, ask_resends
from db.sales import load_sale, product_of
from db.stories import story_of_license
from db.tables import LicenseRow, RemapRow, SaleRow
from domain.catalog import Catalog
from domain.changes import is_in_favor
from domain.delivery import Reason
from domain.event import EventKind, Outcome
from domain.facts import Act
from domain.lifecycle import Story, fold
from domain.remapping import HeldLicense, Terms, story_today


@dataclass(frozen=True, slots=True)
class Asker:
    """The person who asked, the reason, and whether a gain may be mailed to the holder."""

    name: str
    why: str | None
    may_mail: bool = True

    def act(self, order_id: str, now: datetime) -> Act:
        return Act(order_id, now, EventKind.REMAP, self.name, self.why)


@dataclass(frozen=True, slots=True)
class Remapped:
    before: Terms
    after: Terms
    delivery_id: int | None


def licenses_of_order(session: Session, source: str, order_id: str) -> list[int]:
    """Return the licenses of an order, and of the membership that the order belongs to."""
    same = and_(
        LicenseRow.source == SaleRow.source, LicenseRow.subscription_id == SaleRow.subscription_id
    )
    order = (
        select(LicenseRow.id)
        .join(SaleRow, or_(LicenseRow.sale_id == SaleRow.id, same))
        .where(SaleRow.source == source, SaleRow.order_id == order_id)
    )
    return list(session.scalars(order.distinct().order_by(LicenseRow.id)))


def licenses_of_product(session: Session, product: str) -> list[int]:
    """Return the licenses of a product, found by its id or by an alias."""
    rows = session.execute(
        select(LicenseRow.id, SaleRow)
        .join(SaleRow, SaleRow.id == LicenseRow.sale_id)
        .order_by(LicenseRow.id)
    )
    return [found for found, sale in rows if product in product_of(sale).names]


def load_held(session: Session, license_id: int) -> HeldLicense:
    """Return the license with its story. The caller's transaction may read only."""
    row = the_one(session, LicenseRow, id=license_id)
    story = story_of_license(session, row)
    return HeldLicense(row.id, load_sale(session, row.sale_id), story, life_of(row))


def remap_license(
    session: Session, license_id: int, catalog: Catalog, asker: Asker, now: datetime
) -> Remapped | None:
    """Give the license today's terms, and owe a mail, in one transaction.

    Return None if the terms are the same already. The terms are decided again here, because a
    charge may have come since a person saw the plan.
    """
    # Locked, so that a charge at the same moment sees the new terms.
    row = locked_license(session, license_id)
    held = load_held(session, license_id)
    remap = asker.act(held.sale.order_id, now)
    story = story_today(held, catalog, remap)
    if story is None or Terms.of(fold(story, now)) == held.terms:
        return None
    _keep_decisions(session, row, story)
    event_id = _keep_event(session, row, remap, now)
    change = relive(session, row, Cause(event_id, Reason.event(event_id), may_mail=False), now)
    after = Terms.of(change.after)
    done = Remapped(held.terms, after, _owe_mail(session, row, change, asker, now))
    _record(session, row, done, asker, now)
    return done


def _owe_mail(
    session: Session, row: LicenseRow, change: Change, asker: Asker, now: datetime
) -> int | None:
    if not asker.may_mail or not is_in_favor(change.before, change.after, now):
        return None
    resend = NewResend(row.source, row.order_id, None, asker.name, asker.why, row.id)
    return next(iter(ask_resends(session, resend, now)), None)


def _keep_decisions(session: Session, row: LicenseRow, story: Story) -> None:
    for paid in story.payments:
        sale = paid.sale
        own = {"source": row.source, "order_id": sale.order_id, "line": sale.line}
        the_one(session, SaleRow, **own).decided = plain(paid.decision)
    session.flush()


def _keep_event(session: Session, row: LicenseRow, remap: Act, now: datetime) -> int:
    """Keep the act as an event that is applied already, because this transaction applies it."""
    event_id = record_act(session, NewAct(row.source, remap), now)
    if event_id is None:
        raise LookupError("no event after its insert")
    close_act(session, event_id, Outcome.APPLIED, None, now)
    return event_id


def _record(session: Session, row: LicenseRow, done: Remapped, asker: Asker, now: datetime) -> None:
    event_id = the_one(session, SaleRow, id=row.sale_id).event_id
    session.add(
        RemapRow(
            license_id=row.id,
            before=_plain(done.before),
            after=_plain(done.after),
            delivery_id=done.delivery_id,
            asked_by=asker.name,
            asked_why=asker.why,
            asked_at=now,
            products_sha256=row.products_sha256,
        )
    )
    when = f"{now:%Y-%m-%d %H:%M:%S} UTC"
    note_event(session, event_id, f"its license was decided anew by `mintpost remap` at {when}")


def _plain(terms: Terms) -> dict[str, Any]:
    end = None if terms.expires_at is None else terms.expires_at.isoformat()
    return {**asdict(terms), "expires_at": end}
