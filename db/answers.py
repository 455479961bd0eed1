"""The answers of the shops' APIs, each kept with the event that needed it."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.facts import keep_facts
from db.inserting import insert_once
from db.tables import AnswerRow
from domain.facts import Fact
from domain.questions import Answer


def answers_of(session: Session, event_id: int) -> tuple[Answer, ...]:
    rows = session.scalars(select(AnswerRow).filter_by(event_id=event_id).order_by(AnswerRow.id))
    return tuple(Answer(row.path, row.status, row.body, row.at) for row in rows)


def keep_completed(
    session: Session, event_id: int, source: str, answers: Sequence[Answer], facts: Sequence[Fact]
) -> None:
    """Keep the answers, and the facts that they told. The shop's first answers stand."""
    for each in answers:
        insert_once(
            session,
            AnswerRow,
            event_id=event_id,
            path=each.path,
            status=each.status,
            body=each.body,
            at=each.at,
        )
    keep_facts(session, event_id, source, facts)
