"""A schedule follows from its seed alone."""

import pytest

from commands.torture.plan import CHARGES, MEMBERSHIPS, Fault, Schedule, make_schedule

SIZES = (1, 20, 200)


def test_the_same_seed_gives_the_same_schedule() -> None:
    assert make_schedule(7, 200) == make_schedule(7, 200)


def test_another_seed_gives_another() -> None:
    one, other = make_schedule(7, 200), make_schedule(8, 200)
    assert [ping.at for ping in one.pings] != [ping.at for ping in other.pings]
    assert faults(one) != faults(other)
    assert not {order.order_id for order in one.orders} & {order.order_id for order in other.orders}


def faults(schedule: Schedule) -> list[Fault]:
    return [disturbance.fault for disturbance in schedule.disturbances]


@pytest.mark.parametrize("sales", SIZES)
def test_every_fault_comes_in_every_round(sales: int) -> None:
    assert set(faults(make_schedule(1, sales))) == set(Fault)


@pytest.mark.parametrize("sales", SIZES)
def test_every_sale_is_sent_and_its_id_begins_as_the_round_says(sales: int) -> None:
    schedule = make_schedule(1, sales)
    assert len(schedule.orders) == sales
    assert {ping.order for ping in schedule.pings} == set(schedule.orders)
    assert all(order.order_id.startswith(schedule.prefix) for order in schedule.orders)


def test_some_pings_are_sent_again_some_at_once_and_no_order_is_kept() -> None:
    schedule = make_schedule(1, 200)
    sent = [(ping.at, ping.order.order_id) for ping in schedule.pings]
    assert len(sent) > len(set(sent)) > len(schedule.orders)
    numbers = [order_id for _, order_id in sent]
    assert sent == sorted(sent, key=lambda ping: ping[0])
    assert numbers != sorted(numbers)


def test_some_sales_are_the_charges_of_one_membership() -> None:
    members = [order for order in make_schedule(1, 3 * MEMBERSHIPS).orders if order.subscription_id]
    assert [order.charge for order in members] == 2 * list(range(CHARGES))
    for place in (0, CHARGES):
        charges = members[place : place + CHARGES]
        assert len({(order.subscription_id, order.email) for order in charges}) == 1
