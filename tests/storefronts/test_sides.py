"""A test side's secret touches no live license, where the shop's events tell their side."""

from dataclasses import replace

import pytest

from domain.errors import SaleInvalidError
from storefronts.base import OF_LIVE, StoredRequest, Storefront
from storefronts.lemonsqueezy.storefront import LemonSqueezy
from storefronts.stripe.storefront import Stripe
from tests.storefronts.lemonsqueezy import told as lemonsqueezy
from tests.storefronts.stripe import recorded as stripe

LIVE: list[tuple[Storefront, StoredRequest]] = [
    *((LemonSqueezy(), lemonsqueezy.recorded(name)) for name in ("01", "05", "07", "03")),
    *(
        (Stripe(), stripe.stored(stripe.body_of(name)))
        for name in (stripe.SALE, stripe.THIN, stripe.RENEWAL, stripe.REFUND, stripe.DELETED)
    ),
]


@pytest.mark.parametrize(("shop", "request_"), LIVE)
def test_a_live_event_that_the_test_secret_signed_is_not_believed(
    shop: Storefront, request_: StoredRequest
) -> None:
    reading = shop.read(replace(request_, secret_label="test"))

    assert isinstance(reading.ends, SaleInvalidError)
    assert (reading.ends.what, reading.facts, reading.asks) == (OF_LIVE, (), None)


@pytest.mark.parametrize(("shop", "request_"), LIVE)
def test_the_live_secret_is_believed(shop: Storefront, request_: StoredRequest) -> None:
    reading = shop.read(replace(request_, secret_label="live"))

    assert not isinstance(reading.ends, SaleInvalidError)


def test_a_test_event_stays_one_whichever_secret_signed() -> None:
    for label in ("live", "test"):
        request = replace(stripe.stored(stripe.body_of(stripe.TEST)), secret_label=label)
        assert Stripe().read(request).asks is not None
