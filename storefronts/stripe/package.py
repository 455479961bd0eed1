"""Stripe's entry in the registry."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from typing_extensions import override

from storefronts.abilities import Abilities, MarkOfTests
from storefronts.id_forms import IdForm
from storefronts.signed_package import SignedPackage

if TYPE_CHECKING:
    from storefronts.stripe.sample import StripeSample
    from storefronts.stripe.storefront import Stripe


class StripePackage(SignedPackage):
    name: ClassVar[str] = "stripe"
    title: ClassVar[str] = "Stripe"
    example_order: ClassVar[str] = "cs_live_…"
    live_url: ClassVar[str] = "https://api.stripe.com"
    test_url: ClassVar[str] = live_url
    # Sent with each request, so that answers have one shape whatever the account's default is.
    headers: ClassVar[Mapping[str, str]] = {"Stripe-Version": "2026-10-28.endive"}
    ours: ClassVar[str | None] = "STRIPE_ACCOUNT"
    id_forms: ClassVar[tuple[IdForm, ...]] = (
        IdForm("price", r"price_\w{8,}"),
        IdForm("product", r"prod_\w{8,}"),
    )
    free_ids: ClassVar[bool] = True
    abilities: ClassVar[Abilities] = Abilities(
        mark_of_tests=MarkOfTests.BODY,
        event_keys=True,
        whole_sales=False,
        refund_amounts=True,
        disputes=True,
        endings=True,
        plan_changes=True,
    )

    @override
    def storefront(self) -> "type[Stripe]":
        from storefronts.stripe.storefront import Stripe

        return Stripe

    @override
    def sample_shop(self, secret: str) -> "StripeSample":
        from storefronts.stripe.sample import StripeSample

        return StripeSample(secret)


STRIPE = StripePackage()
