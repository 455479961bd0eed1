"""Polar's entry in the registry."""

from http import HTTPStatus
from typing import TYPE_CHECKING, ClassVar

from typing_extensions import override

from storefronts.abilities import Abilities, MarkOfTests
from storefronts.id_forms import IdForm
from storefronts.package import Load
from storefronts.signed_package import SignedPackage

if TYPE_CHECKING:
    from storefronts.keyed_api import KeyedApi
    from storefronts.polar.sample import PolarSample
    from storefronts.polar.storefront import Polar
    from storefronts.signed_settings import SignedWorkerSettings

LIVE_URL, SANDBOX_URL = "https://api.polar.sh", "https://sandbox-api.polar.sh"
HEADERS = {"Polar-Version": "2026-10", "Accept": "application/json"}
"""Without a version, Polar takes its newest, which moves."""

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


class PolarPackage(SignedPackage):
    name: ClassVar[str] = "polar"
    title: ClassVar[str] = "Polar"
    example_order: ClassVar[str] = "4204cf8a-…-a1d9-2589374ffe1b"
    further: ClassVar[tuple[str, ...]] = ("polar_organization_id",)
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
    def open_for_api(self, load: Load) -> "Polar":
        from storefronts.polar.storefront import Polar

        return Polar(load(self.api_settings()).secrets())

    @override
    def open_for_worker(self, load: Load) -> "Polar":
        from storefronts.polar.storefront import Polar

        settings = load(self.worker_settings())
        return Polar(organizations=_organizations(settings), api=_client(self, settings))

    @override
    def sample_shop(self, secret: str) -> "PolarSample":
        from storefronts.polar.sample import PolarSample

        return PolarSample(secret)

    @override
    def own_sample_shop(self, load: Load, secret: str | None) -> "PolarSample | None":
        from storefronts.polar.sample import SOME_ORGANIZATION, PolarSample

        given = super().own_sample_shop(load, secret)
        if not isinstance(given, PolarSample):
            return None
        own = _organizations(load(self.worker_settings()))
        return PolarSample(given.secret, next(iter(own), SOME_ORGANIZATION))


def _organizations(settings: "SignedWorkerSettings") -> list[str]:
    """Return the seller's organizations: the sandbox's has an id of its own."""
    named: str | None = getattr(settings, PolarPackage.further[0])
    return [each for part in (named or "").split(",") if (each := part.strip())]


def _client(package: PolarPackage, settings: "SignedWorkerSettings") -> "KeyedApi":
    from storefronts.keyed_api import KeyedApi

    accounts = {
        "live": settings.account(package.name, "live", LIVE_URL),
        "test": settings.account(package.name, "test", SANDBOX_URL),
    }
    # Polar answers 401 to each wrong key, and 403 (`insufficient_scope`) to one that is too weak.
    lacks_right = HTTPStatus.FORBIDDEN
    return KeyedApi(package.title, accounts, lambda got: got.status == lacks_right, HEADERS)


POLAR = PolarPackage()
