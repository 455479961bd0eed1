"""A schedule depends only on its seed."""

import pytest

from torture.orders import CHARGES, HOST, MEMBERSHIPS, MISTYPED, MISTYPED_HOST, Order
from torture.plan import SHOP_FAULTS, SOON, Fault, Schedule, make_schedule
from torture.traits import ShopTraits

SIZES = (1, 20, 200)


def test_the_same_seed_gives_the_same_schedule() -> None:
    assert make_schedule(7, 200) == make_schedule(7, 200)


def test_another_seed_gives_another() -> None:
    one, other = make_schedule(7, 200), make_schedule(8, 200)
    assert [request.at for request in one.requests] != [request.at for request in other.requests]
    assert faults(one) != faults(other)
    assert not {order.order_id for order in one.orders} & {order.order_id for order in other.orders}


def faults(schedule: Schedule) -> list[Fault]:
    return [disturbance.fault for disturbance in schedule.disturbances]


@pytest.mark.parametrize("sales", SIZES)
def test_every_fault_comes_in_every_round(sales: int) -> None:
    assert set(faults(make_schedule(1, sales, shop=ShopTraits(has_api=True)))) == set(Fault)


@pytest.mark.parametrize("sales", SIZES)
def test_a_shop_without_an_api_has_the_same_faults_but_those_of_its_api(sales: int) -> None:
    with_api = make_schedule(1, sales, shop=ShopTraits(has_api=True))
    others = [each for each in with_api.disturbances if each.fault not in SHOP_FAULTS]
    assert [*make_schedule(1, sales).disturbances] == others


@pytest.mark.parametrize("sales", SIZES)
def test_every_sale_is_sent_and_its_id_begins_as_the_round_says(sales: int) -> None:
    schedule = make_schedule(1, sales)
    assert len(schedule.orders) == sales
    assert {request.order for request in schedule.requests} == set(schedule.orders)
    assert all(order.order_id.startswith(schedule.prefix) for order in schedule.orders)


def test_some_requests_are_sent_again_some_at_once_and_no_order_is_kept() -> None:
    schedule = make_schedule(1, 200)
    sent = [(request.at, request.order.order_id) for request in schedule.requests]
    assert len(sent) > len(set(sent)) > len(schedule.orders)
    numbers = [order_id for _, order_id in sent]
    assert sent == sorted(sent, key=lambda at_order: at_order[0])
    assert numbers != sorted(numbers)


def test_some_sales_are_the_charges_of_one_membership() -> None:
    members = [order for order in make_schedule(1, 3 * MEMBERSHIPS).orders if order.subscription_id]
    assert [order.charge for order in members] == 2 * list(range(CHARGES))
    for place in (0, CHARGES):
        charges = members[place : place + CHARGES]
        assert len({(order.subscription_id, order.email) for order in charges}) == 1


def test_some_addresses_are_mistyped_and_corrected_at_any_moment() -> None:
    schedule = make_schedule(1, 200)
    mistyped = {order for order in schedule.orders if order.email.endswith(MISTYPED_HOST)}
    assert {correction.order for correction in schedule.corrections} == mistyped
    assert len(schedule.corrections) == len(mistyped) == 200 // MEMBERSHIPS * len(MISTYPED)
    assert not any(order.subscription_id for order in mistyped)
    first = {order: min(at) for order, at in requests_by_order(schedule).items()}
    for each in schedule.corrections:
        assert each.to == each.order.email.replace(MISTYPED_HOST, HOST)
        assert each.at >= first[each.order]
    soon = [each for each in schedule.corrections if each.at <= first[each.order] + SOON]
    assert 0 < len(soon) < len(schedule.corrections)
    assert {each.waits for each in schedule.corrections} == {True, False}
    at = [each.at for each in schedule.corrections]
    assert at == sorted(at)


def test_some_copies_are_long_before_and_after_short_ones() -> None:
    schedule = make_schedule(1, 200)
    lengths: dict[Order, list[bool]] = {}
    for request in schedule.requests:
        lengths.setdefault(request.order, []).append(request.is_long)
    assert not any(any(sent) for sent in lengths.values() if len(sent) == 1)
    several = [sent for sent in lengths.values() if len(sent) > 1]
    assert any(sent[0] and not sent[-1] for sent in several)
    assert any(sent[-1] and not sent[0] for sent in several)


def requests_by_order(schedule: Schedule) -> dict[Order, list[float]]:
    found: dict[Order, list[float]] = {}
    for request in schedule.requests:
        found.setdefault(request.order, []).append(request.at)
    return found
