"""The webhooks that each shop has registered, by the shop's own list."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest

from domain.findings import Finding, Level
from fakes.gumroad_api import FakeGumroadApi
from fakes.lemonsqueezy_api import FakeLemonSqueezyApi
from fakes.paddle_api import FakePaddleApi
from fakes.polar_api import FakePolarApi
from fakes.shop_api import FakeShopApi
from fakes.shop_faults import status
from fakes.stripe_api import FakeStripeApi
from kit.environment import EnvironmentSettings
from operations.doctor.registered import RegistrationCheck
from storefronts.base import Storefront
from storefronts.gumroad.registrations import PATH, GumroadRegistrations
from storefronts.lemonsqueezy.registrations import LemonSqueezyRegistrations
from storefronts.paddle.registrations import PaddleRegistrations
from storefronts.polar.registrations import PolarRegistrations
from storefronts.registry import package_of
from storefronts.stripe.registrations import StripeRegistrations
from tests.support.serving import serving

S = TypeVar("S", bound=EnvironmentSettings)
PUBLIC = "https://shop.example.com"
KEY = "live-api-key"
SECRET = "the-shops-own-secret"  # In an answer, and never in a sentence.


@dataclass(frozen=True, slots=True)
class Hook:
    """A webhook as a test wishes it, in no shop's form."""

    url: str
    events: frozenset[str]
    enabled: bool = True
    sound: bool = True


def stripe(hooks: Sequence[Hook]) -> Mapping[str, Any]:
    data = [
        {
            "url": each.url,
            "enabled_events": sorted(each.events),
            "status": "enabled" if each.enabled else "disabled",
            "secret": SECRET,
        }
        for each in hooks
    ]
    listed = {"object": "list", "data": data, "has_more": False}
    return {"/v1/webhook_endpoints?limit=100": listed}


def paddle(hooks: Sequence[Hook]) -> Mapping[str, Any]:
    data = [
        {
            "type": "url",
            "destination": each.url,
            "active": each.enabled,
            "traffic_source": "platform" if each.sound else "all",
            "subscribed_events": [{"name": name} for name in sorted(each.events)],
            "endpoint_secret_key": SECRET,
        }
        for each in hooks
    ]
    mail = {"type": "email", "destination": "ada@example.com", "active": True}
    return {"/notification-settings?per_page=200": {"data": [mail, *data]}}


def polar(hooks: Sequence[Hook]) -> Mapping[str, Any]:
    items = [
        {
            "url": each.url,
            "enabled": each.enabled,
            "format": "raw" if each.sound else "slack",
            "events": sorted(each.events),
            "secret": SECRET,
        }
        for each in hooks
    ]
    return {"/v1/webhooks/endpoints?limit=100": {"items": items, "pagination": {"max_page": 1}}}


def lemonsqueezy(hooks: Sequence[Hook]) -> Mapping[str, Any]:
    data = [
        {"type": "webhooks", "attributes": {"url": each.url, "events": sorted(each.events)}}
        for each in hooks
    ]
    return {"/v1/webhooks?page[size]=100": {"data": data, "links": {}}}


def gumroad(hooks: Sequence[Hook]) -> Mapping[str, Any]:
    return {
        f"{PATH}{name}": {
            "success": True,
            "resource_subscriptions": [
                {"resource_name": name, "post_url": f"{each.url}?secret={SECRET}"}
                for each in hooks
                if name in each.events
            ],
        }
        for name in GumroadRegistrations.wanted
    }


SHOPS = {
    "stripe": (FakeStripeApi, stripe, StripeRegistrations.wanted),
    "paddle": (FakePaddleApi, paddle, PaddleRegistrations.wanted),
    "polar": (FakePolarApi, polar, PolarRegistrations.wanted),
    "lemonsqueezy": (FakeLemonSqueezyApi, lemonsqueezy, LemonSqueezyRegistrations.wanted),
    "gumroad": (FakeGumroadApi, gumroad, GumroadRegistrations.wanted),
}
every_shop = pytest.mark.parametrize("source", SHOPS)


def reader(source: str, url: str) -> Storefront:
    key = "gumroad_access_token" if source == "gumroad" else f"{source}_api_key"

    def load(settings: type[S]) -> S:
        return settings.model_validate({f"{source}_api_url": url, key: KEY})

    return package_of(source).open_for_worker(load)


def registered(source: str, *hooks: Hook) -> FakeShopApi:
    make, form, _ = SHOPS[source]
    api = make()
    for target, document in form(hooks).items():
        api.add(target, json.dumps(document).encode())
    return api


async def findings(source: str, api: FakeShopApi, public: str | None = PUBLIC) -> Sequence[Finding]:
    async with serving(api.app) as url:
        found = await RegistrationCheck(reader(source, url), "live", public).findings()
    assert SECRET not in " ".join(f"{each.sentence} {each.remedy}" for each in found)
    return found


def ours(source: str, **changed: Any) -> Hook:  # noqa: ANN401 - any field
    _, _, wanted = SHOPS[source]
    return Hook(**{"url": f"{PUBLIC}/webhooks/{source}", "events": wanted, **changed})


@every_shop
async def test_a_webhook_for_all_events_is_ok(source: str) -> None:
    (found,) = await findings(source, registered(source, ours(source)))

    assert found.level is Level.OK
    assert found.sentence.startswith(f"{source} webhooks: the shop has a webhook to /webhooks/")


@every_shop
async def test_another_address_is_no_webhook_of_ours(source: str) -> None:
    elsewhere = ours(source, url=f"https://old.example.com/webhooks/{source}")
    (found,) = await findings(source, registered(source, elsewhere))

    blind = source in {"gumroad", "stripe"}  # Their lists do not have every way.
    assert found.level is (Level.WARNING if blind else Level.BROKEN)
    assert f"the shop has no webhook to {PUBLIC}/webhooks/{source}" in found.sentence
    assert (await findings(source, registered(source, elsewhere), None))[0].level is Level.OK


@every_shop
async def test_events_that_no_webhook_gets_are_named(source: str) -> None:
    wanted = SHOPS[source][2]
    missing = min(wanted)
    (found,) = await findings(source, registered(source, ours(source, events=wanted - {missing})))

    assert found.level is Level.WARNING
    assert found.sentence.endswith(f"no webhook to /webhooks/{source} gets {missing}")
    assert found.remedy is not None


@pytest.mark.parametrize("source", ["stripe", "paddle", "polar"])
async def test_a_webhook_that_the_shop_switched_off_is_broken(source: str) -> None:
    (found,) = await findings(source, registered(source, ours(source, enabled=False)))

    assert (found.level, "has switched off the webhook" in found.sentence) == (Level.BROKEN, True)


@pytest.mark.parametrize(
    ("source", "words"), [("paddle", "the simulator's events"), ("polar", "for a chat program")]
)
async def test_a_wrong_option_of_the_webhook_is_told(source: str, words: str) -> None:
    (found,) = await findings(source, registered(source, ours(source, sound=False)))

    assert (found.level, words in found.sentence) == (Level.WARNING, True)


async def test_stripes_webhook_for_every_event_lacks_none() -> None:
    (found,) = await findings("stripe", registered("stripe", ours("stripe", events={"*"})))

    assert found.level is Level.OK


@every_shop
async def test_a_key_without_the_right_is_no_fault_and_names_the_right(source: str) -> None:
    api = registered(source, ours(source))
    api.lacking.add("/")
    (found,) = await findings(source, api)

    assert found.level is Level.UNCHECKED
    assert "refuses the key for its " in found.sentence
    assert str(found.remedy).startswith("give it ")


@every_shop
async def test_a_key_that_is_no_key_is_told_by_its_variable(source: str) -> None:
    api = registered(source, ours(source))
    api.keys.clear()
    (found,) = await findings(source, api)

    # Gumroad's events are whole without its API.
    assert found.level is (Level.WARNING if source == "gumroad" else Level.BROKEN)
    assert "refuses the key in " + source.upper() in found.sentence


@every_shop
async def test_a_shop_that_is_away_is_not_checked(source: str) -> None:
    api = registered(source, ours(source))
    api.always = status(503)
    (found,) = await findings(source, api)

    assert (found.level, "answered 503" in found.sentence) == (Level.UNCHECKED, True)


async def test_gumroads_failure_with_200_is_no_empty_list() -> None:
    api = registered("gumroad", ours("gumroad"))
    api.add(f"{PATH}refund", json.dumps({"success": False}).encode())
    (found,) = await findings("gumroad", api)

    assert (found.level, "success must be true" in found.sentence) == (Level.UNCHECKED, True)
