"""The signed lists for apps: a table for each kind, of which the newest rows stay."""

from datetime import datetime
from typing import TypeAlias

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from db.inserting import insert_once
from db.tables import AnswerKeyListRow, RevocationListRow

ListTable: TypeAlias = type[RevocationListRow] | type[AnswerKeyListRow]

KEPT = 10
"""Lists that stay, so that a person can compare them. Each may have hundreds of kilobytes."""


def newest_seq(session: Session, table: ListTable) -> int | None:
    return session.scalar(select(func.max(table.seq)))


def token_of_list(session: Session, table: ListTable, seq: int) -> str | None:
    """Return the token; None if newer lists have replaced the row meanwhile."""
    return session.scalar(select(table.token).where(table.seq == seq))


def keep_newest(
    session: Session, table: ListTable, seq: int, token: str, signed_at: datetime, **more: int
) -> bool:
    """Store a list, and delete those that are too old. False if another worker was first."""
    values = {"token": token, "signed_at": signed_at, **more}
    if insert_once(session, table, seq=seq, **values) is None:
        return False
    old = delete(table).where(table.seq <= seq - KEPT)
    session.execute(old.execution_options(synchronize_session=False))
    return True
