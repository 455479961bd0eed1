"""Loads a copy of an order, and the sold order, for comparison."""

from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from db.facts import facts_of_event
from db.sales import sale_of
from db.tables import EventRow, FactRow, LicenseRow, RequestRow, SaleRow
from domain.event import ORDER_KINDS, EventKind
from domain.facts import Dispute, Fact, Refund
from domain.sale import SoldOrder


@dataclass(frozen=True, slots=True)
class ComparedCopy:
    """`facts` is empty for an unread event. `sold` None: the order is no sale."""

    event_id: int
    source: str
    facts: tuple[Fact, ...]
    sold: SoldOrder | None

    @property
    def tells_taking_back(self) -> bool:
        return any(isinstance(fact, Refund | Dispute) for fact in self.facts)


def load_copy(session: Session, event_id: int, longest: int) -> ComparedCopy | str | None:
    """Return the parts to compare, or a note for a person why they are not compared.

    None: there is nothing to note. Bodies longer than `longest` are not compared.
    """
    measured = (
        select(EventRow.source, EventRow.order_id, EventRow.kind)
        .add_columns(RequestRow.body_bytes, func.length(RequestRow.body))
        .outerjoin(RequestRow, RequestRow.event_id == EventRow.id)
    )
    row = session.execute(measured.where(EventRow.id == event_id)).one()
    source, order_id, kind, length, kept = row
    if kind not in ORDER_KINDS:
        return None
    if length is not None and length > longest:
        return f"its body has {length:,} bytes, and was not compared with the sale"
    # A preorder is no copy of the sale. So its flags say nothing about the sale.
    if kind == EventKind.PREORDER:
        return None
    facts = facts_of_event(session, event_id)
    # An event that came without a request is compared by its facts alone.
    if not (facts if length is None else length <= kept):
        return None
    return ComparedCopy(event_id, source, facts, _sold(session, source, order_id))


def _sold(session: Session, source: str, order_id: str | None) -> SoldOrder | None:
    order = select(SaleRow).filter_by(source=source, order_id=order_id)
    rows = session.scalars(order.order_by(SaleRow.id)).all()
    if not rows:
        return None
    first = rows[0]
    own = LicenseRow.sale_id == first.id
    if first.subscription_id is not None:
        own = or_(own, LicenseRow.subscription_id == first.subscription_id)
    of_sale = select(LicenseRow.email, LicenseRow.correction_id)
    found = session.execute(of_sale.where(LicenseRow.source == source, own).limit(1))
    holder, correction = found.one_or_none() or (None, None)
    return SoldOrder(tuple(map(sale_of, rows)), holder, correction is not None)


def takes_back_licensed(session: Session, event_id: int) -> bool:
    """Tell whether an event tells a refund or a dispute of an order that another event licensed."""
    told = FactRow.kind.in_((Refund.kind, Dispute.kind))
    same = (SaleRow.source == FactRow.source) & (SaleRow.order_id == FactRow.order_id)
    another = SaleRow.minted_at.is_not(None) & (SaleRow.event_id != event_id)
    # A preorder is no copy of the sale. So its flags say nothing about the sale.
    copy = EventRow.kind != EventKind.PREORDER
    facts = select(FactRow.id).join(EventRow, EventRow.id == FactRow.event_id).join(SaleRow, same)
    found = facts.where(FactRow.event_id == event_id, told, copy, another).limit(1)
    return session.execute(found).scalar_one_or_none() is not None
