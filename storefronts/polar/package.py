"""Polar's entry in the registry."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from typing_extensions import override

from kit.load import Load
from storefronts.abilities import Abilities, MarkOfTests
from storefronts.id_forms import IdForm
from storefronts.signed_package import SignedPackage

if TYPE_CHECKING:
    from storefronts.polar.sample import PolarSample
    from storefronts.polar.storefront import Polar

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


class PolarPackage(SignedPackage):
    name: ClassVar[str] = "polar"
    title: ClassVar[str] = "Polar"
    example_order: ClassVar[str] = "4204cf8a-…-a1d9-2589374ffe1b"
    live_url: ClassVar[str] = "https://api.polar.sh"
    test_url: ClassVar[str] = "https://sandbox-api.polar.sh"
    # Without a version, Polar takes its newest, which moves.
    headers: ClassVar[Mapping[str, str]] = {
        "Polar-Version": "2026-10",
        "Accept": "application/json",
    }
    ours: ClassVar[str | None] = "POLAR_ORGANIZATION_ID"
    id_forms: ClassVar[tuple[IdForm, ...]] = (IdForm("product", UUID),)
    abilities: ClassVar[Abilities] = Abilities(
        mark_of_tests=MarkOfTests.SECRET,
        event_keys=True,
        whole_sales=False,  # The buyer's address may be missing.
        refund_amounts=True,
        disputes=False,
        endings=True,
        plan_changes=True,
    )

    @override
    def storefront(self) -> "type[Polar]":
        from storefronts.polar.storefront import Polar

        return Polar

    @override
    def sample_shop(self, secret: str) -> "PolarSample":
        from storefronts.polar.sample import PolarSample

        return PolarSample(secret)

    @override
    def own_sample_shop(
        self, load: Load, secret: str | None, *, live: bool = False
    ) -> "PolarSample | None":
        from storefronts.polar.sample import SOME_ORGANIZATION, PolarSample

        given = super().own_sample_shop(load, secret, live=live)
        if not isinstance(given, PolarSample):
            return None
        own = self.accounts(load(self.worker_settings()))
        return PolarSample(given.secret, next(iter(own), SOME_ORGANIZATION))


POLAR = PolarPackage()
