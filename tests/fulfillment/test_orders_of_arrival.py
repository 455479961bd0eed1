"""Stories of an order in many orders of arrival, side by side, end in one state."""

from collections.abc import Mapping, Sequence
from itertools import permutations
from uuid import uuid4

from domain.license import Term
from domain.lifecycle import Life
from tests.fulfillment.corrected import MONTHLY
from tests.support.databases import ON_SQLITE
from tests.support.lives import days_ago, lives, sold_at
from tests.support.pings import changed, recorded
from tests.support.running import PRODUCTS, Mintpost, Setup, running
from tests.support.stepping import stepping

DISPUTED = (recorded("01"), recorded("14"), recorded("15"))
REFUNDED = (recorded("01"), recorded("12"), changed(recorded("01"), refunded="true"))
JOINED = days_ago(20)
CHARGE = sold_at(recorded("06"), days_ago(5))
MEMBER = (
    sold_at(recorded("05"), JOINED),
    CHARGE,
    changed(recorded("12"), sale_id="charge", subscription_id="member"),
    changed(recorded("20"), restarted_at="2026-06-02T09:00:00Z"),
    recorded("16"),
)
BOTH = PRODUCTS + MONTHLY.removeprefix("gumroad:\n")
FEW = 23
"""Every so manieth of the 120 orders of a membership's events."""


def named(body: bytes, name: str) -> bytes:
    """Give a copy of a story an order and a subscription of its own."""
    fields = {"subscription_id": name} if b"subscription_id=" in body else {}
    if b"sale_id=" in body:
        later = b"is_recurring_charge=true" in body or b"sale_id=charge" in body
        fields["sale_id"] = f"{name}-charge" if later else name
    return changed(body, **fields)


Orders = Sequence[tuple[bytes, ...]]


async def lives_of(mintpost: Mintpost, orders: Mapping[str, Orders]) -> dict[str, list[Life]]:
    """Play the orders of arrival of each story side by side. Return each story's lives."""
    own = uuid4()  # Temporal may still end the run of an earlier order of this name.
    stories = {
        f"{story}-{number}-{own}": bodies
        for story, arrivals in orders.items()
        for number, bodies in enumerate(arrivals)
    }
    for stage in range(len(MEMBER)):
        for name, bodies in stories.items():
            if stage < len(bodies):
                await mintpost.ping(named(bodies[stage], name))
        await mintpost.settled()
    found = await lives(mintpost.database)
    return {
        story: [life for name, life in found.items() if name.startswith(story)] for story in orders
    }


@ON_SQLITE
async def test_every_order_of_arrival_ends_in_one_state(setup: Setup) -> None:
    setup.products = BOTH
    orders: dict[str, Orders] = {
        "disputed": [*permutations(DISPUTED)],
        "refunded": [*permutations(REFUNDED)],
        "member": [*permutations(MEMBER)][::FEW],
    }
    async with stepping(setup) as stepped:
        ends = await lives_of(stepped, orders)
    assert {story: len(set(each)) for story, each in ends.items()} == dict.fromkeys(ends, 1)
    assert (len(ends["disputed"]), len(ends["member"])) == (6, len(orders["member"]))
    assert ends["disputed"][0].status == "active"
    # An order whose refund was known before its sale has no license.
    assert (ends["refunded"][0].reason, len(ends["refunded"])) == ("refunded", 2)
    member = ends["member"][0]
    assert (member.renews, member.expires_at) == (False, Term(months=1).end(JOINED))


@ON_SQLITE
async def test_real_runs_that_come_the_wrong_way_round_end_in_that_state_too(setup: Setup) -> None:
    setup.products = BOTH
    async with running(setup) as mintpost:
        stories: dict[str, Orders] = {"disputed": [DISPUTED[::-1]], "member": [MEMBER[::-1]]}
        ends = await lives_of(mintpost, stories)
    (disputed,), (member,) = ends["disputed"], ends["member"]
    assert disputed.status == "active"
    assert (member.renews, member.expires_at) == (False, Term(months=1).end(JOINED))
