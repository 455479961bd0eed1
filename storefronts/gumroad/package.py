"""Gumroad's entry in the registry."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, ClassVar

from typing_extensions import override

from domain.event import SecretLabel
from kit.load import Load
from storefronts.abilities import Abilities, MarkOfTests
from storefronts.id_forms import IdForm
from storefronts.package import StorefrontPackage

if TYPE_CHECKING:
    from storefronts.got import Got
    from storefronts.gumroad.sample import GumroadSample
    from storefronts.gumroad.settings import GumroadApiSettings, GumroadWorkerSettings
    from storefronts.gumroad.storefront import Gumroad


class GumroadPackage(StorefrontPackage):
    name: ClassVar[str] = "gumroad"
    title: ClassVar[str] = "Gumroad"
    example_order: ClassVar[str] = "HyMdzSI-…=="
    secret_variable: ClassVar[str] = "GUMROAD_WEBHOOK_SECRET"  # noqa: S105 - its name
    address_ends: ClassVar[str] = "?secret={}"
    key_variables: ClassVar[Mapping[SecretLabel, str]] = {"live": "GUMROAD_ACCESS_TOKEN"}
    worker_variables: ClassVar[frozenset[str]] = frozenset(
        {"GUMROAD_SELLER_ID", "GUMROAD_ACCESS_TOKEN", "GUMROAD_API_URL"}
    )
    api_variables: ClassVar[frozenset[str]] = frozenset({"GUMROAD_SELLER_ID", secret_variable})
    id_forms: ClassVar[tuple[IdForm, ...]] = (IdForm("product", r"[A-Za-z0-9_-]{22}=="),)
    free_ids: ClassVar[bool] = True
    set_up: ClassVar[str | None] = "docs/operate.md, Gumroad's other events"
    abilities: ClassVar[Abilities] = Abilities(
        mark_of_tests=MarkOfTests.BODY,
        event_keys=False,
        whole_sales=True,
        refund_amounts=False,
        disputes=True,
        endings=True,
        plan_changes=True,
    )

    @override
    def api_settings(self) -> "type[GumroadApiSettings]":
        from storefronts.gumroad.settings import GumroadApiSettings

        return GumroadApiSettings

    @override
    def worker_settings(self) -> "type[GumroadWorkerSettings]":
        from storefronts.gumroad.settings import GumroadWorkerSettings

        return GumroadWorkerSettings

    @override
    def open_for_api(self, load: Load) -> "Gumroad":
        from storefronts.gumroad.storefront import Gumroad

        settings = load(self.api_settings())
        return Gumroad(settings.secrets(), settings.gumroad_seller_id)

    @override
    def open_for_worker(self, load: Load) -> "Gumroad":
        from storefronts.gumroad.storefront import Gumroad
        from storefronts.keyed_api import KeyedApi

        settings = load(self.worker_settings())
        account = settings.account()
        # One token sees both sides: a test purchase is a purchase of the seller's own.
        api = KeyedApi(self.title, {"live": account, "test": account}, lacks_scope)
        return Gumroad(seller_id=settings.gumroad_seller_id, api=api)

    @override
    def sample_shop(self, secret: str) -> "GumroadSample":
        from storefronts.gumroad.sample import GumroadSample

        return GumroadSample(secret)

    @override
    def own_sample_shop(
        self, load: Load, secret: str | None, *, live: bool = False
    ) -> "GumroadSample | None":
        from storefronts.gumroad.sample import SOME_SELLER, GumroadSample
        from storefronts.gumroad.settings import GumroadSampleSettings

        settings = load(GumroadSampleSettings)
        # The setting may hold several secrets, and one suffices.
        given = secret.split(",") if secret else settings.secrets()
        seller = settings.gumroad_seller_id or SOME_SELLER
        return GumroadSample(given[0].strip(), seller) if given else None


def lacks_scope(got: "Got") -> bool:
    return got.status == HTTPStatus.FORBIDDEN


GUMROAD = GumroadPackage()
