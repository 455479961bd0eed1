"""Kept facts. Each event is read once, and the first reading stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, exists, func, select, update
from sqlalchemy.orm import Session

from db.decisions import plain
from db.inserting import insert_once
from db.tables import EventRow, FactRow, RequestRow
from domain.decisions import Decision
from domain.event import EventKind
from domain.facts import (
    Act,
    Dispute,
    Fact,
    Payment,
    Refund,
    SubscriptionLink,
    SubscriptionState,
)
from domain.grants import Grant

KINDS: dict[str, TypeAdapter[Fact]] = {
    each.kind: TypeAdapter(each)
    for each in (Payment, Refund, Dispute, SubscriptionState, SubscriptionLink, Act, Grant)
}


@dataclass(frozen=True, slots=True)
class KnownFact:
    """A fact, with kind and arrival of its event."""

    event_id: int
    event_kind: str
    received_at: datetime
    fact: Fact


@dataclass(frozen=True, slots=True)
class KnownOrder:
    """The facts of an order. `unread` are the order's unread events."""

    facts: tuple[KnownFact, ...]
    unread: tuple[int, ...]


def keep_facts(session: Session, event_id: int, source: str, facts: Sequence[Fact]) -> None:
    """Keep an event's facts, unless the event has kept facts."""
    for number, fact in enumerate(facts):
        if _insert(session, event_id, source, number, fact) is None:
            return


def decide_facts(session: Session, event_id: int, decisions: Mapping[int, Decision]) -> None:
    """Keep the mapping's decisions about an event's facts. The first decision stands."""
    for number, decision in decisions.items():
        _decide(session, (FactRow.event_id == event_id) & (FactRow.number == number), decision)


def decide_plans(session: Session, decisions: Mapping[int, Decision]) -> None:
    """Keep the mapping's decisions about facts, by their ids. The first decision stands."""
    for fact_id, decision in decisions.items():
        _decide(session, FactRow.id == fact_id, decision)


def undecided_plans(
    session: Session, source: str, subscription_id: str
) -> dict[int, SubscriptionState]:
    """Return the plans that a subscription's facts name and no entry fitted yet, by fact id."""
    told = select(FactRow).filter_by(
        source=source, subscription_id=subscription_id, kind=SubscriptionState.kind
    )
    rows = session.scalars(told.where(FactRow.decided.is_(None)).order_by(FactRow.id))
    facts = {row.id: fact_of(row) for row in rows}
    return {key: fact for key, fact in facts.items() if isinstance(fact, SubscriptionState)}


def _decide(session: Session, which: ColumnElement[bool], decision: Decision) -> None:
    undecided = update(FactRow).where(which, FactRow.decided.is_(None))
    session.execute(undecided.values(decided=plain(decision)))


@dataclass(frozen=True, slots=True)
class SourcedFacts:
    """The kept facts of an event, and the storefront that they are about."""

    source: str
    facts: tuple[Fact, ...]


def sourced_facts(session: Session, event_id: int) -> SourcedFacts:
    of_event = select(FactRow).where(FactRow.event_id == event_id).order_by(FactRow.number)
    rows = session.scalars(of_event).all()
    return SourcedFacts(rows[0].source if rows else "", tuple(map(fact_of, rows)))


def facts_of_event(session: Session, event_id: int) -> tuple[Fact, ...]:
    of_event = select(FactRow).where(FactRow.event_id == event_id)
    return tuple(fact_of(row) for row in session.scalars(of_event.order_by(FactRow.number)))


def known_of_order(session: Session, source: str, order_id: str) -> KnownOrder:
    """Return the facts of an order and its unread events, both in order of arrival."""
    about = (FactRow.source == source, FactRow.order_id == order_id)
    told = select(FactRow, EventRow.kind, EventRow.received_at)
    told = told.join(EventRow, EventRow.id == FactRow.event_id).where(*about)
    rows = session.execute(told.order_by(FactRow.event_id, FactRow.number))
    known = [KnownFact(row.event_id, kind, at, fact_of(row)) for row, kind, at in rows]
    return KnownOrder(tuple(known), _unread(session, source, order_id))


def _unread(session: Session, source: str, order_id: str) -> tuple[int, ...]:
    """Return unread events, without cut bodies, and without test events of a real order."""
    whole = RequestRow.body_bytes <= func.length(RequestRow.body)
    of_order = (
        select(EventRow.id)
        .join(RequestRow, RequestRow.event_id == EventRow.id)
        .where(EventRow.source == source, EventRow.order_id == order_id)
        .where(EventRow.kind != EventKind.TEST_PING, whole)
        .where(~exists().where(FactRow.event_id == EventRow.id))
    )
    return tuple(session.scalars(of_order.order_by(EventRow.id)))


def _insert(session: Session, event_id: int, source: str, number: int, fact: Fact) -> int | None:
    return insert_once(session, FactRow, **fact_values(event_id, source, number, fact))


def fact_values(event_id: int, source: str, number: int, fact: Fact) -> dict[str, Any]:
    """Return the columns of a new fact."""
    return {
        "event_id": event_id,
        "number": number,
        "source": source,
        "kind": fact.kind,
        "order_id": None if isinstance(fact, SubscriptionState) else fact.order_id,
        "subscription_id": fact.subscription_id if isinstance(fact, _OF_SUBSCRIPTION) else None,
        "at": fact.at,
        "content": KINDS[fact.kind].dump_python(fact, mode="json"),
    }


_OF_SUBSCRIPTION = (Payment, SubscriptionState, SubscriptionLink)


def fact_of(row: FactRow) -> Fact:
    return KINDS[row.kind].validate_python(row.content)
