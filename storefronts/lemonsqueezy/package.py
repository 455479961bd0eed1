"""Lemon Squeezy's entry in the registry."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from typing_extensions import override

from storefronts.abilities import Abilities, MarkOfTests
from storefronts.id_forms import IdForm
from storefronts.signed_package import SignedPackage

if TYPE_CHECKING:
    from storefronts.lemonsqueezy.sample import LemonSqueezySample
    from storefronts.lemonsqueezy.storefront import LemonSqueezy

NUMBER = "[0-9]{1,20}"


class LemonSqueezyPackage(SignedPackage):
    name: ClassVar[str] = "lemonsqueezy"
    title: ClassVar[str] = "Lemon Squeezy"
    example_order: ClassVar[str] = "5261679"
    # Both sides have one address: the key decides which side answers.
    live_url: ClassVar[str] = "https://api.lemonsqueezy.com"
    test_url: ClassVar[str] = live_url
    headers: ClassVar[Mapping[str, str]] = {"Accept": "application/vnd.api+json"}
    ours: ClassVar[str | None] = "LEMONSQUEEZY_STORE_ID"
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
    def storefront(self) -> "type[LemonSqueezy]":
        from storefronts.lemonsqueezy.storefront import LemonSqueezy

        return LemonSqueezy

    @override
    def sample_shop(self, secret: str) -> "LemonSqueezySample":
        from storefronts.lemonsqueezy.sample import LemonSqueezySample

        return LemonSqueezySample(secret)


LEMON_SQUEEZY = LemonSqueezyPackage()
