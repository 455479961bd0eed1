"""Stripe's entry in the registry."""

from typing import TYPE_CHECKING, ClassVar

from typing_extensions import override

from storefronts.abilities import Abilities, MarkOfTests
from storefronts.id_forms import IdForm
from storefronts.package import Load
from storefronts.signed_package import SignedPackage

if TYPE_CHECKING:
    from storefronts.stripe.sample import StripeSample
    from storefronts.stripe.storefront import Stripe

API_URL = "https://api.stripe.com"
API_VERSION = "2026-10-28.endive"
"""Sent with each request, so that answers have one shape whatever the account's default is."""


class StripePackage(SignedPackage):
    name: ClassVar[str] = "stripe"
    title: ClassVar[str] = "Stripe"
    example_order: ClassVar[str] = "cs_live_…"
    further: ClassVar[tuple[str, ...]] = ("stripe_account",)
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
    def open_for_api(self, load: Load) -> "Stripe":
        from storefronts.stripe.storefront import Stripe

        return Stripe(load(self.api_settings()).secrets())

    @override
    def open_for_worker(self, load: Load) -> "Stripe":
        from storefronts.keyed_api import KeyedApi
        from storefronts.stripe.storefront import Stripe

        settings = load(self.worker_settings())
        accounts = {
            "live": settings.account(self.name, "live", API_URL),
            "test": settings.account(self.name, "test", API_URL),
        }
        headers = {"Stripe-Version": API_VERSION}
        api = KeyedApi(self.title, accounts, lambda got: got.status == FORBIDDEN, headers)
        (account,) = self.further
        return Stripe(account=getattr(settings, account), api=api)

    @override
    def sample_shop(self, secret: str) -> "StripeSample":
        from storefronts.stripe.sample import StripeSample

        return StripeSample(secret)


FORBIDDEN = 403
"""The status of a good key that lacks a right. Stripe answers 401 to a wrong one."""

STRIPE = StripePackage()
