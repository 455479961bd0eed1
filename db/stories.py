"""Loads the story of a license: its payments with their decisions, and the facts about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from db.decisions import adopted, counted, decision_of
from db.facts import fact_of
from db.pairing import subscription_licenses
from db.sales import sale_of
from db.tables import FactRow, LicenseRow, SaleRow
from domain.decisions import Decision
from domain.facts import Payment, SubscriptionLink
from domain.lifecycle import DecidedFact, PaidLine, Story
from domain.pairing import ALONE, Licensed
from domain.sale import Sale


@dataclass(frozen=True, slots=True)
class _Scope:
    """The orders, and the subscription, whose facts belong to one license."""

    source: str
    order_ids: frozenset[str]
    subscription_id: str | None


def story_of_license(session: Session, row: LicenseRow) -> Story:
    derived = adopted(session, row)
    rows = session.scalars(select(SaleRow).where(counted(row)).order_by(SaleRow.id)).all()
    own = frozenset({row.order_id, *(each.order_id for each in rows)})
    orders = own | orders_of(session, row.source, row.subscription_id)
    scope = _Scope(row.source, orders, row.subscription_id)
    return Story(
        _paid(session, rows, derived),
        _facts(session, scope),
        _unminted_orders(session, row.source, row.subscription_id) - own,
        _licensed(session, row),
    )


def story_of_sale(session: Session, sale: Sale) -> Story:
    """Return the story of a sale without a license. The caller adds the payment itself."""
    own = frozenset({sale.order_id})
    orders = own | orders_of(session, sale.source, sale.subscription_id)
    scope = _Scope(sale.source, orders, sale.subscription_id)
    return Story((), _facts(session, scope), orders - own, _licensed_with(session, sale))


def _licensed(session: Session, row: LicenseRow) -> Licensed:
    if row.subscription_id is None:
        return ALONE
    licenses = subscription_licenses(session, row.source, row.subscription_id)
    return Licensed(licenses.names, licenses.ids.index(row.id))


def _licensed_with(session: Session, sale: Sale) -> Licensed:
    """Return the licenses of the sale's subscription, with the one to be as the last."""
    if sale.subscription_id is None:
        return ALONE
    licenses = subscription_licenses(session, sale.source, sale.subscription_id)
    return Licensed((*licenses.names, (sale.subscription_line,)), len(licenses.ids))


def waiting_charges(session: Session, sale: Sale) -> tuple[PaidLine, ...]:
    """Return the later payments of a sale's subscription that wait for its license."""
    if sale.subscription_id is None:
        return ()
    charges = select(SaleRow).filter_by(
        source=sale.source, subscription_id=sale.subscription_id, charge=True, minted_at=None
    )
    rows = session.scalars(charges.order_by(SaleRow.id)).all()
    return tuple(
        PaidLine(sale_of(row), None, order_total(session, row.source, row.order_id))
        for row in rows
        if row.order_id != sale.order_id
    )


def orders_of(session: Session, source: str, subscription_id: str | None) -> frozenset[str]:
    """Return the orders of a subscription, whether or not their payments count."""
    if subscription_id is None:
        return frozenset()
    named = select(SaleRow.order_id).filter_by(source=source, subscription_id=subscription_id)
    return frozenset(session.scalars(named))


def _unminted_orders(session: Session, source: str, subscription_id: str | None) -> frozenset[str]:
    """Return the orders of a subscription of which no line has got or extended a license."""
    if subscription_id is None:
        return frozenset()
    of_subscription = select(SaleRow.order_id).filter_by(
        source=source, subscription_id=subscription_id
    )
    lines = of_subscription.group_by(SaleRow.order_id)
    return frozenset(session.scalars(lines.having(func.count(SaleRow.minted_at) == 0)))


def order_total(session: Session, source: str, order_id: str) -> int:
    prices = select(func.sum(SaleRow.price_cents)).filter_by(source=source, order_id=order_id)
    return int(session.execute(prices).scalar_one() or 0)


def _paid(
    session: Session, rows: Sequence[SaleRow], derived: Mapping[int, Decision]
) -> tuple[PaidLine, ...]:
    orders = {each.order_id for each in rows}
    prices = select(SaleRow.order_id, func.sum(SaleRow.price_cents)).group_by(SaleRow.order_id)
    sources = {each.source for each in rows}
    of_orders = prices.where(SaleRow.source.in_(sources), SaleRow.order_id.in_(orders))
    totals = {order_id: int(total) for order_id, total in session.execute(of_orders)}
    return tuple(
        PaidLine(
            sale_of(each),
            derived.get(each.id) or decision_of(each.decided),
            totals[each.order_id],
        )
        for each in rows
    )


def _facts(session: Session, scope: _Scope) -> tuple[DecidedFact, ...]:
    about: ColumnElement[bool] = FactRow.order_id.in_(scope.order_ids)
    if scope.subscription_id is not None:
        about = or_(about, FactRow.subscription_id == scope.subscription_id)
    # Payments count as sales, once they are decided. A link may be that of another line.
    mine = FactRow.subscription_id == scope.subscription_id
    told = (FactRow.kind != Payment.kind) & or_(FactRow.kind != SubscriptionLink.kind, mine)
    rows = select(FactRow).where(and_(FactRow.source == scope.source, told, about))
    return tuple(
        DecidedFact(fact_of(row), decision_of(row.decided))
        for row in session.scalars(rows.order_by(FactRow.id))
    )
