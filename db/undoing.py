"""Undoes the work of a preview, so that a preview runs the same code as the change."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session


@contextmanager
def undone(session: Session) -> Iterator[None]:
    with session.begin_nested() as nested:
        yield
        nested.rollback()
