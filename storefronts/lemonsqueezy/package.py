"""Lemon Squeezy's entry in the registry."""

from typing import TYPE_CHECKING, ClassVar

from typing_extensions import override

from storefronts.abilities import Abilities, MarkOfTests
from storefronts.id_forms import IdForm
from storefronts.package import Load
from storefronts.signed_package import SignedPackage

if TYPE_CHECKING:
    from storefronts.lemonsqueezy.sample import LemonSqueezySample
    from storefronts.lemonsqueezy.storefront import LemonSqueezy


URL = "https://api.lemonsqueezy.com"
"""Both sides have one address: the key decides which side answers."""

HEADERS = {"Accept": "application/vnd.api+json"}
FORBIDDEN = 403
NUMBER = "[0-9]{1,20}"
STORE = "lemonsqueezy_store_id"


class LemonSqueezyPackage(SignedPackage):
    name: ClassVar[str] = "lemonsqueezy"
    title: ClassVar[str] = "Lemon Squeezy"
    example_order: ClassVar[str] = "5261679"
    further: ClassVar[tuple[str, ...]] = (STORE,)
    id_forms: ClassVar[tuple[IdForm, ...]] = (
        IdForm("variant", NUMBER, unmistakable=False),
        IdForm("product", NUMBER, unmistakable=False),
    )
    abilities: ClassVar[Abilities] = Abilities(
        mark_of_tests=MarkOfTests.BODY,
        event_keys=True,
        whole_sales=False,
        refund_amounts=True,
        disputes=False,
        endings=True,
        plan_changes=True,
    )

    @override
    def open_for_api(self, load: Load) -> "LemonSqueezy":
        from storefronts.lemonsqueezy.storefront import LemonSqueezy

        return LemonSqueezy(load(self.api_settings()).secrets())

    @override
    def open_for_worker(self, load: Load) -> "LemonSqueezy":
        from storefronts.api_account import ApiAccount
        from storefronts.keyed_api import KeyedApi
        from storefronts.lemonsqueezy.storefront import LemonSqueezy
        from storefronts.signed_settings import SIDES

        settings = load(self.worker_settings())
        sides = [(side, settings.account(self.name, side, URL)) for side in SIDES]
        api = KeyedApi(
            self.title, dict[str, ApiAccount](sides), lambda got: got.status == FORBIDDEN, HEADERS
        )
        store: str | None = getattr(settings, STORE)
        return LemonSqueezy(store=store, api=api)

    @override
    def sample_shop(self, secret: str) -> "LemonSqueezySample":
        from storefronts.lemonsqueezy.sample import LemonSqueezySample

        return LemonSqueezySample(secret)


LEMON_SQUEEZY = LemonSqueezyPackage()
