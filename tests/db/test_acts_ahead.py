"""An act whose time lies ahead, because the seller's clock is ahead of the worker's."""

from datetime import timedelta

from db.acting import NewAct, record_act
from db.applying import NewFacts, apply_event
from db.dispatching import waiting_events
from db.engine import Database
from db.orders import close_row
from db.reopening import reopen_overdue
from db.views.lists import Filters, list_licenses
from domain.event import EventKind, NotedReason, Outcome, noted
from domain.facts import Act
from tests.db.rows import NOON, mint, sale_of

SOON = NOON + timedelta(seconds=2)
HOUR = timedelta(hours=1)
REVOKED = Act("order-1", SOON, EventKind.REVOKE, by="ada")


def revoke_early(database: Database) -> NewFacts:
    """Revoke a new license by hand, for the worker two seconds too early."""
    database.write_here(mint, sale_of())
    event = database.write_here(record_act, NewAct("gumroad", REVOKED), NOON)
    assert event is not None
    new = NewFacts(event, EventKind.REVOKE, "gumroad", (REVOKED,))
    early = database.write_here(apply_event, new, NOON)
    assert (early.outcome, early.again_at) == (noted(NotedReason.EFFECTIVE_LATER), SOON)
    database.write_here(close_row, event, early.outcome, NOON)
    return new


def test_act_ahead_is_applied_when_its_time_has_come(database: Database) -> None:
    new = revoke_early(database)
    assert database.write_here(apply_event, new, SOON).outcome == Outcome.APPLIED
    (license_,) = database.read_here(list_licenses, Filters())
    assert (license_.status, license_.reason) == ("revoked", "by_hand")
    assert database.write_here(reopen_overdue, SOON + HOUR) == 0


def test_lost_timer_of_an_act_loses_no_change(database: Database) -> None:
    new = revoke_early(database)
    assert database.write_here(reopen_overdue, SOON + HOUR) == 1
    waiting = [each.id for each in database.read_here(waiting_events, 10)]
    assert new.event_id in waiting
