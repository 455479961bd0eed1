"""A change of plan that lies ahead is no change of the license yet."""

from datetime import timedelta

from db.applying import NewFacts, apply_event
from db.engine import Database
from db.views.history import list_changes
from domain.event import EventKind, NotedReason, Outcome, noted
from domain.facts import SubscriptionState
from tests.db.rows import NOON, mint, sale_of, store_event

AHEAD = NOON + timedelta(days=10)
KIND = EventKind.SUBSCRIPTION_UPDATED


def test_a_change_ahead_is_noted_and_applied_at_its_time(database: Database) -> None:
    database.write_here(mint, sale_of("order-1", "membership"))
    event_id = database.write_here(store_event, None, KIND)
    told = NewFacts(event_id, KIND, "gumroad", (SubscriptionState("membership", AHEAD, seats=5),))
    history = database.read_here(list_changes, "gumroad", "order-1")

    now = database.write_here(apply_event, told, NOON)

    assert (now.outcome, now.told, now.again_at) == (noted(NotedReason.EFFECTIVE_LATER), (), AHEAD)
    assert database.read_here(list_changes, "gumroad", "order-1") == history
    later = database.write_here(apply_event, told, AHEAD)
    assert (later.outcome, later.again_at) == (Outcome.APPLIED, None)
    assert len(database.read_here(list_changes, "gumroad", "order-1")) == len(history) + 1
