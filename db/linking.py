"""Gives sales and licenses the subscription that a link tells, before or after them."""

from collections.abc import Iterable, Sequence

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from db.events import lock_order
from db.facts import fact_of
from db.locks import lock_subscriptions
from db.tables import FactRow, LicenseRow, SaleRow
from db.unminted import reopen_payments
from domain.facts import Fact, Payment, SubscriptionLink
from domain.links import LinkedLine, subscriptions_by_line


def link_orders(session: Session, source: str, facts: Iterable[Fact]) -> None:
    """Give the orders of an event's links their subscriptions, under the locks of both.

    The payment of a renewal may tell the link of its first order.
    """
    links = [each for each in facts if isinstance(each, SubscriptionLink)]
    order_ids = sorted({each.order_id for each in links})
    for order_id in order_ids:
        lock_order(session, source, order_id)
    lock_subscriptions(session, source, [each.subscription_id for each in links])
    for order_id in order_ids:
        link_order(session, source, order_id)


def link_order(session: Session, source: str, order_id: str) -> None:
    """Set the subscriptions of an order's lines and of their licenses, as its links tell.

    Payments of a subscription that waited for its license run again. The caller holds the order's
    lock, or a later step of the order does the same.
    """
    facts = _facts(session, source, order_id)
    links = [each for each in facts if isinstance(each, SubscriptionLink)]
    if not links:
        return
    order = select(SaleRow).filter_by(source=source, order_id=order_id).order_by(SaleRow.id)
    rows = session.scalars(order).all()
    found = subscriptions_by_line(_lines(rows, links, facts), links)
    for row in rows:
        subscription_id = found.get(row.line)
        if subscription_id is not None and subscription_id != row.subscription_id:
            row.subscription_id = subscription_id
            session.flush()
            _link_license(session, row, subscription_id)


def _facts(session: Session, source: str, order_id: str) -> list[Fact]:
    about = select(FactRow).filter_by(source=source, order_id=order_id)
    which = about.where(FactRow.kind.in_((SubscriptionLink.kind, Payment.kind)))
    return [fact_of(row) for row in session.scalars(which.order_by(FactRow.id))]


def _lines(
    rows: Sequence[SaleRow], links: Iterable[SubscriptionLink], facts: Iterable[Fact]
) -> list[LinkedLine]:
    """Return the lines. A row may have its subscription from an earlier link."""
    linked = {each.subscription_id for each in links}
    paid = {each.subscription_id for each in facts if isinstance(each, Payment)}
    only_linked = linked - paid
    return [
        LinkedLine(
            row.line,
            row.subscription_line,
            None if row.subscription_id in only_linked else row.subscription_id,
        )
        for row in rows
    ]


def _link_license(session: Session, sale: SaleRow, subscription_id: str) -> None:
    row = session.scalar(select(LicenseRow).filter_by(sale_id=sale.id).with_for_update())
    if row is None:
        return
    row.subscription_line = free_line(session, sale.source, subscription_id, sale.subscription_line)
    row.subscription_id = subscription_id
    sale.license_id = row.id
    session.flush()
    reopen_payments(session, sale.source, subscription_id)


def free_line(session: Session, source: str, subscription_id: str | None, line: str) -> str:
    """Return a name for the line of a new license, other than those of its subscription's others.

    A line may come back to a plan that another license began with.
    """
    number, name = 1, line
    while subscription_id is not None and _is_taken(session, source, subscription_id, name):
        number += 1
        name = f"{line}#{number}"
    return name


def _is_taken(session: Session, source: str, subscription_id: str, line: str) -> bool:
    same = (LicenseRow.source == source) & (LicenseRow.subscription_id == subscription_id)
    taken = exists().where(same, LicenseRow.subscription_line == line)
    return bool(session.execute(select(taken)).scalar_one())
