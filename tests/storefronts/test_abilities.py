"""A package declares the abilities of its recorded events. A new storefront adds its events."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from domain.event import SecretLabel
from domain.facts import Dispute, Fact, Payment, Refund, SubscriptionState
from storefronts.abilities import Abilities, MarkOfTests
from storefronts.base import StoredRequest, Storefront
from storefronts.body import FORM, JSON
from storefronts.gumroad.storefront import Gumroad
from storefronts.lemonsqueezy.package import LEMON_SQUEEZY
from storefronts.package import StorefrontPackage
from storefronts.paddle.package import PADDLE
from storefronts.polar.package import POLAR
from storefronts.stripe.package import STRIPE
from tests.storefronts.kiosk.client import kiosk_api
from tests.storefronts.kiosk.door import EVENT_KEY
from tests.storefronts.kiosk.sample import line, paid, refunded
from tests.storefronts.kiosk.storefront import Kiosk
from tests.storefronts.lemonsqueezy.told import all_events as lemonsqueezy_events
from tests.storefronts.paddle.bodies import paddle_events
from tests.storefronts.polar.recorded import polar_events
from tests.storefronts.stripe.recorded import stripe_events
from tests.storefronts.test_packages import every_package, load

RECEIVED_AT = datetime(2026, 9, 1, 12, 0, 6, tzinfo=UTC)
LABELS: tuple[SecretLabel, SecretLabel] = ("live", "test")
PINGS = Path(__file__).parents[1] / "data" / "gumroad" / "pings"
EVENTS = (paid("17", line(1, 5)), paid("18"), refunded("17", 100), refunded("18"))


@dataclass(frozen=True, slots=True)
class Shop:
    """A storefront's half for the worker, and the shop's recorded events."""

    storefront: Storefront
    events: Sequence[StoredRequest]

    def facts(self, label: SecretLabel = "live") -> list[Fact]:
        labeled = [replace(event, secret_label=label) for event in self.events]
        return [fact for event in labeled for fact in self.storefront.read(event).facts]


SHOPS: Mapping[str, Shop] = {
    "gumroad": Shop(
        Gumroad(),
        [StoredRequest(FORM, file.read_bytes(), RECEIVED_AT) for file in sorted(PINGS.iterdir())],
    ),
    "stripe": Shop(STRIPE.open_for_worker(load), stripe_events()),
    "paddle": Shop(PADDLE.open_for_worker(load), paddle_events()),
    "lemonsqueezy": Shop(LEMON_SQUEEZY.open_for_worker(load), lemonsqueezy_events()),
    "polar": Shop(POLAR.open_for_worker(load), polar_events()),
    "kiosk": Shop(
        Kiosk(api=kiosk_api("http://127.0.0.1:1", "key")),
        [
            StoredRequest(JSON, event.body, RECEIVED_AT, headers=((EVENT_KEY, event.key),))
            for event in EVENTS
        ],
    ),
}


def payments_in(facts: Iterable[Fact]) -> list[Payment]:
    return [fact for fact in facts if isinstance(fact, Payment)]


def shown_mark(shop: Shop) -> MarkOfTests:
    live, test = ([each.test for each in payments_in(shop.facts(label))] for label in LABELS)
    if {*live} == {True, False}:
        # A signed shop's live body is not believed, if the test side's secret signed it.
        assert test == live or (test and all(test))
        return MarkOfTests.BODY
    assert (any(live), all(test)) == (False, True)
    return MarkOfTests.SECRET


@every_package
def test_the_declared_abilities_are_those_of_the_recorded_events(
    package: StorefrontPackage,
) -> None:
    shop = SHOPS[package.name]
    facts = shop.facts()
    (has_keys,) = {shop.storefront.name_request(each).event_key is not None for each in shop.events}
    refunds = [fact for fact in facts if isinstance(fact, Refund)]
    states = [fact for fact in facts if isinstance(fact, SubscriptionState)]

    assert package.abilities == Abilities(
        mark_of_tests=shown_mark(shop),
        event_keys=has_keys,
        whole_sales=not any(shop.storefront.read(each).asks for each in shop.events),
        refund_amounts=any(refund.amount is not None for refund in refunds),
        disputes=any(isinstance(fact, Dispute) for fact in facts),
        endings=any(state.ended for state in states),
        plan_changes=any(state.product or state.seats for state in states),
    )


@every_package
def test_only_a_shop_with_incomplete_sales_is_asked(package: StorefrontPackage) -> None:
    is_asked = SHOPS[package.name].storefront.api is not None
    assert is_asked == (not package.abilities.whole_sales)


@every_package
def test_a_key_in_a_header_is_the_key_of_the_event(package: StorefrontPackage) -> None:
    shop = SHOPS[package.name]
    for event in shop.events:
        in_header = shop.storefront.key_in_header(event)
        assert in_header in {None, shop.storefront.name_request(event).event_key}
