"""Update rows, and count them."""

from typing import Any, cast

from sqlalchemy import CursorResult, Update
from sqlalchemy.orm import Session


def count_updated(session: Session, statement: Update) -> int:
    """Run an UPDATE; return the number of matched rows, even if a row had the values already."""
    # SQLAlchemy's types promise a `Result` for every statement; an UPDATE has a `CursorResult`.
    return cast("CursorResult[Any]", session.execute(statement)).rowcount
