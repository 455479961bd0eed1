"""The databases of a test, if it does not run on each kind, and a question to one."""

import pytest
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from db.tables import EventRow

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For a behavior that does not depend on the database, because a whole sale takes long."""


def has_open_event(session: Session) -> bool:
    return session.execute(select(exists().where(EventRow.outcome.is_(None)))).scalar_one()
