"""The counter of calls, for a dialect that tells it."""

from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from db.tables import UsesRow


def count_use(session: Session, license_id: int) -> int:
    """Count one more call, and return the count. Two calls at once get different numbers."""
    insert: Any = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[
        session.get_bind().dialect.name
    ]
    first = insert(UsesRow).values(license_id=license_id, uses=1)
    more = first.on_conflict_do_update(
        index_elements=[UsesRow.license_id], set_={"uses": UsesRow.uses + 1}
    )
    return cast("int", session.execute(more.returning(UsesRow.uses)).scalar_one())


def uses_of(session: Session, license_id: int) -> int:
    return session.scalar(select(UsesRow.uses).filter_by(license_id=license_id)) or 0
