"""Enum members as values of a query, with the drivers of both databases."""

from collections.abc import Sequence

import pytest
from sqlalchemy import Select, select, text, update

from db.engine import Database
from db.tables import DeliveryRow, EventRow
from domain.delivery import DeliveryStatus, Reason, ReasonKind
from domain.event import EventKind, Outcome
from tests.db.rows import mint, sale_of, stored

STORED = text(
    "SELECT outcome, kind, licenses.status, deliveries.reason, deliveries.status "
    "FROM events, licenses, deliveries"
)


def found(database: Database, query: Select[str | None]) -> Sequence[str | None]:
    return database.read_here(lambda session: session.scalars(query).all())


def test_a_state_is_stored_as_its_word(database: Database) -> None:
    database.write_here(mint, sale_of())
    settled = update(EventRow).values(outcome=Outcome.FULFILLED, kind=EventKind.PREORDER)
    database.write_here(lambda session: session.execute(settled))
    row = database.read_here(lambda session: session.execute(STORED).one())
    assert tuple(row) == ("fulfilled", "preorder", "active", "sale", "pending")


def test_rows_are_found_by_their_state(database: Database) -> None:
    stored(database, ("order-2", "refund"))
    database.write_here(mint, sale_of())
    orders = select(EventRow.order_id)
    assert found(database, orders.where(EventRow.kind == EventKind.REFUND)) == ["order-2"]
    assert found(database, orders.where(EventRow.kind.in_([EventKind.SALE]))) == ["order-1"]
    open_mails = DeliveryRow.status.not_in([DeliveryStatus.ACCEPTED, DeliveryStatus.LOGGED])
    assert found(database, select(DeliveryRow.reason).where(open_mails)) == ["sale"]


@pytest.mark.parametrize(
    ("reason", "is_found"), [(Reason.charge("resend:1"), False), (Reason.resend(1), True)]
)
def test_resends_are_told_from_charges_that_look_like_them(
    database: Database, reason: Reason, *, is_found: bool
) -> None:
    database.write_here(mint, sale_of())
    named = update(DeliveryRow).values(reason=str(reason))
    database.write_here(lambda session: session.execute(named))
    is_resend = DeliveryRow.reason.startswith(ReasonKind.RESEND.prefix)
    reasons = found(database, select(DeliveryRow.reason).where(is_resend))
    assert reasons == ([str(reason)] if is_found else [])
