"""Stories are drawn for a share of the sales, and each has a known end."""

from datetime import timedelta
from urllib.parse import parse_qs

import pytest

from domain.event import EventKind
from storefronts.sample_events import SampleEvent
from tests.torture.shops import SHOP
from torture.bodies import Body
from torture.drawing import DrawnStory, shop_events
from torture.orders import BETWEEN_CHARGES, CHARGES, SOME_DAY, TERM
from torture.plan import make_schedule
from torture.stories import ON_MEMBERSHIPS, ON_SALES

SCHEDULE = make_schedule(1, 200)
LAST_CHARGE = SOME_DAY + (CHARGES - 1) * BETWEEN_CHARGES


def told(schedule_name: str) -> DrawnStory:
    return next(each for each in SCHEDULE.stories if each.story.name == schedule_name)


def test_every_story_is_drawn_in_a_long_round() -> None:
    assert {each.story for each in SCHEDULE.stories} == {*ON_SALES, *ON_MEMBERSHIPS}


def test_a_story_happens_to_no_sale_with_a_mistyped_address() -> None:
    mistyped = {correction.order for correction in SCHEDULE.corrections}
    assert not mistyped & {order for drawn in SCHEDULE.stories for order in drawn.orders}


def test_every_event_and_act_of_a_story_is_planned_and_some_come_twice_or_before_their_sale() -> (
    None
):
    events = [each for each in SCHEDULE.requests if each.event is not None]
    planned = {event for drawn in SCHEDULE.stories for event in shop_events(drawn)}
    assert {each.event for each in events} == planned
    assert len(events) > len(planned)
    assert len(SCHEDULE.acts) > len({each.key for each in SCHEDULE.acts})
    first = {each.order: each.at for each in reversed(SCHEDULE.requests) if each.event is None}
    early = [each.at < first[each.order] for each in events]
    assert 0 < sum(early) < len(early)


def test_facts_have_their_own_times_whatever_the_moment_of_their_sending() -> None:
    own = [each.act.at for each in SCHEDULE.acts]
    assert own != sorted(own)


@pytest.mark.parametrize(
    ("name", "end"),
    [
        ("dispute won", TERM.end(SOME_DAY)),
        ("renewal refunded", TERM.end(SOME_DAY + BETWEEN_CHARGES)),
        ("canceled", TERM.end(LAST_CHARGE)),
        ("extended", (SOME_DAY + timedelta(days=90)).replace(hour=23, minute=59, second=59)),
    ],
)
def test_the_end_of_a_license_follows_from_its_story(name: str, end: object) -> None:
    assert told(name).expires_at == end


def request_of(name: str, event: SampleEvent, retry: int = 0) -> dict[str, list[str]]:
    (of_event, *_) = [each for each in shop_events(told(name)) if each.name == event]
    (sent,) = Body(of_event.order, "mark/1", retry, event=of_event).requests(SHOP)
    assert SHOP.sample.mark_of(sent.body) == "mark/1"
    return parse_qs(sent.body.decode())


def test_an_event_of_an_order_repeats_it_with_a_mark_of_its_own() -> None:
    fields = request_of("refunded", SampleEvent.REFUND, retry=2)
    assert fields["sale_id"] == [told("refunded").orders[0].order_id]
    assert (fields["resource_name"], fields["refunded"]) == (["refund"], ["true"])
    assert fields["retry_count"] == ["2"]


def test_an_event_of_a_membership_names_it_its_time_and_its_plan() -> None:
    fields = request_of("two new plans", SampleEvent.UPGRADE)
    drawn = told("two new plans")
    assert fields["subscription_id"] == [drawn.orders[0].subscription_id]
    assert fields["new_plan[tier][name]"] == ["plus"]
    assert fields["effective_as_of"] == ["2026-06-22T09:00:00Z"]


def test_an_act_names_the_first_order_and_its_own_time() -> None:
    drawn = told("seats by the seller between two new quantities")
    (act,) = {each.act for each in SCHEDULE.acts if each.act.order_id == drawn.orders[0].order_id}
    assert (act.act, act.seats) == (EventKind.SEATS, 5)
    assert act.at == SOME_DAY + timedelta(days=22)
