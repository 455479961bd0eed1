"""Insert a row, or find the existing row with the same unique values."""

from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import insert, inspect, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from db.tables import Table
from domain.errors import RowMissingError

Row = TypeVar("Row", bound=Table)


def insert_once(session: Session, model: type[Row], **values: Any) -> int | None:  # noqa: ANN401 - a column's own type
    """Return the new row's id; None if a row with the same unique values exists."""
    (primary_key,) = inspect(model).primary_key
    statement = _insert(session, model).values(values)
    return session.execute(
        statement.on_conflict_do_nothing().returning(primary_key)
    ).scalar_one_or_none()


def insert_many(
    session: Session, model: type[Row], rows: Sequence[dict[str, Any]]
) -> Sequence[int]:
    """Insert new rows in few statements, and return their ids in the same sequence."""
    if not rows:
        return []
    (primary_key,) = inspect(model).primary_key
    statement = insert(model).returning(primary_key, sort_by_parameter_order=True)
    return session.scalars(statement, rows).all()


def the_one(session: Session, model: type[Row], **values: Any) -> Row:  # noqa: ANN401 - as above
    row = session.execute(select(model).filter_by(**values)).scalar_one_or_none()
    if row is None:
        raise RowMissingError(model.__tablename__)
    return row


def _insert(session: Session, model: type[Table]) -> Any:  # noqa: ANN401 - two dialects, one method
    return {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[
        session.get_bind().dialect.name
    ](model)
