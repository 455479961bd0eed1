"""The answers of a shop's API about an order, as `mintpost show` prints them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.tables import AnswerRow


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """A question to the shop's API, with its answer's status.

    The answer itself has personal data, and stays in the database.
    """

    event_id: int
    path: str
    status: int
    at: datetime


def list_answers(session: Session, events: Collection[int]) -> list[AnswerLine]:
    """Return the questions of the events, newest first."""
    columns = (AnswerRow.event_id, AnswerRow.path, AnswerRow.status, AnswerRow.at)
    query = select(*columns).where(AnswerRow.event_id.in_(events)).order_by(AnswerRow.id.desc())
    return [AnswerLine(*row) for row in session.execute(query)]
