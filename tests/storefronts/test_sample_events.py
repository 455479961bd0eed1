"""Each event of each sample shop, as its door and the worker's half read it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.errors import SaleInvalidError
from domain.event import EventKind
from storefronts.base import StoredRequest
from storefronts.package import StorefrontPackage
from storefronts.sample import (
    FollowUp,
    PaidOrder,
    SamplePlan,
    SampleRequest,
    SampleSale,
    SampleShop,
)
from storefronts.sample_events import OF_ORDER, SampleEvent
from tests.storefronts.test_packages import ALL, NOW, SALE, SECRET, let_in, load
from tests.support.sales import stored_sample

KINDS = {
    SampleEvent.SALE: EventKind.SALE,
    SampleEvent.MEMBERSHIP: EventKind.SALE,
    SampleEvent.GIFT: EventKind.SALE,
    SampleEvent.TEST_PING: EventKind.TEST_PING,
    SampleEvent.RENEWAL: EventKind.RECURRING_CHARGE,
    SampleEvent.REFUND: EventKind.REFUND,
    SampleEvent.PARTIAL_REFUND: EventKind.REFUND,
    SampleEvent.DISPUTE: EventKind.DISPUTE,
    SampleEvent.DISPUTE_WON: EventKind.DISPUTE_WON,
    SampleEvent.CANCELLATION: EventKind.CANCELLATION,
    SampleEvent.PAYMENT_FAILED: EventKind.CANCELLATION,
    SampleEvent.UPGRADE: EventKind.SUBSCRIPTION_UPDATED,
    SampleEvent.DOWNGRADE: EventKind.SUBSCRIPTION_UPDATED,
    SampleEvent.QUANTITY: EventKind.SUBSCRIPTION_UPDATED,
    SampleEvent.ENDED: EventKind.SUBSCRIPTION_ENDED,
    SampleEvent.PAID_IN_FULL: EventKind.SUBSCRIPTION_ENDED,
    SampleEvent.RESTARTED: EventKind.SUBSCRIPTION_RESTARTED,
    SampleEvent.PAUSED: EventKind.SUBSCRIPTION_PAUSED,
    SampleEvent.RESUMED: EventKind.SUBSCRIPTION_RESUMED,
}
CHARGES: dict[type[SampleShop], str] = {}
MEMBER = replace(SALE, subscription_id="membership", months=1, test=True)


def made_by_all() -> Iterator[tuple[StorefrontPackage, SampleEvent]]:
    for package in ALL:
        for name in sorted(package.sample_shop(SECRET).names):
            yield package, name


every_event = pytest.mark.parametrize(
    ("package", "name"), [*made_by_all()], ids=lambda each: getattr(each, "name", each)
)


def charge_id(shop: SampleShop) -> str:
    """Return the same id for each renewal, in the shop's own form."""
    return CHARGES.setdefault(type(shop), shop.new_charge_id())


def made(shop: SampleShop, name: SampleEvent, sale: SampleSale = MEMBER) -> SampleRequest:
    if name.is_first:
        return shop.event(name, sale)
    first = shop.event(SampleEvent.MEMBERSHIP, sale)
    return shop.follow_up(
        name,
        FollowUp(
            content_type=first.headers["Content-Type"],
            body=first.body,
            paid=(PaidOrder(sale.order_id, sale.sold_at),),
            plan=SamplePlan(sale.variants, sale.quantity),
            at=NOW + timedelta(days=1),
            new_order_id=charge_id(shop),
        ),
    )


def stored(request: SampleRequest) -> StoredRequest:
    return stored_sample(request, NOW + timedelta(days=1))


@every_event
def test_the_door_lets_the_event_in_and_names_its_kind(
    package: StorefrontPackage, name: SampleEvent
) -> None:
    door, request = package.open_for_api(load), made(package.sample_shop(SECRET), name)

    assert let_in(door, request) is not None
    assert door.name_request(stored(request)).kind == KINDS[name]


@every_event
def test_the_event_is_about_its_own_order_and_membership(
    package: StorefrontPackage, name: SampleEvent
) -> None:
    shop, worker = package.sample_shop(SECRET), package.open_for_worker(load)

    reading = worker.read(stored(made(shop, name)))

    assert not isinstance(reading.ends, SaleInvalidError)
    own = {MEMBER.subscription_id, MEMBER.order_id}
    if name == SampleEvent.RENEWAL:
        own.add(charge_id(shop))
    for fact in reading.facts:
        ids = {getattr(fact, each, None) for each in ("order_id", "subscription_id")}
        assert ids <= {*own, None}
    assert reading.facts or name not in OF_ORDER


def test_an_event_that_a_shop_does_not_make_is_refused() -> None:
    for package in ALL:
        shop = package.sample_shop(SECRET)
        for name in set(SampleEvent) - shop.names:
            with pytest.raises(KeyError):
                made(shop, name)
