"""The fakes of the shops' APIs, by the name of the storefront."""

from collections.abc import Mapping

from fakes.lemonsqueezy_api import FakeLemonSqueezyApi
from fakes.paddle_api import FakePaddleApi
from fakes.polar_api import FakePolarApi
from fakes.shop_api import FakeShopApi
from fakes.stripe_api import FakeStripeApi

FAKES: Mapping[str, type[FakeShopApi]] = {
    "lemonsqueezy": FakeLemonSqueezyApi,
    "paddle": FakePaddleApi,
    "polar": FakePolarApi,
    "stripe": FakeStripeApi,
}
"""A shop that is not here has no API that a reading asks."""


def fake_api(source: str) -> FakeShopApi | None:
    made = FAKES.get(source)
    return None if made is None else made()
