"""The kiosk's entry, as a storefront in the registry would have it."""

from typing import ClassVar

from typing_extensions import override

from kit.load import Load
from storefronts.abilities import Abilities, MarkOfTests
from storefronts.package import StorefrontPackage
from tests.storefronts.kiosk.client import kiosk_api
from tests.storefronts.kiosk.door import KioskDoor
from tests.storefronts.kiosk.sample import KioskSample
from tests.storefronts.kiosk.settings import KioskApiSettings, KioskWorkerSettings
from tests.storefronts.kiosk.storefront import Kiosk


class KioskPackage(StorefrontPackage):
    name: ClassVar[str] = KioskDoor.name
    title: ClassVar[str] = "The kiosk"
    example_order: ClassVar[str] = "op_17"
    secret_variable: ClassVar[str] = "KIOSK_WEBHOOK_SECRETS"
    api_variables: ClassVar[frozenset[str]] = frozenset(
        {secret_variable, "KIOSK_TEST_WEBHOOK_SECRETS"}
    )
    worker_variables: ClassVar[frozenset[str]] = frozenset({"KIOSK_API_URL", "KIOSK_API_KEY"})
    abilities: ClassVar[Abilities] = Abilities(
        mark_of_tests=MarkOfTests.SECRET,
        event_keys=True,
        whole_sales=False,
        refund_amounts=True,
        disputes=False,
        endings=False,
        plan_changes=False,
    )

    @override
    def api_settings(self) -> type[KioskApiSettings]:
        return KioskApiSettings

    @override
    def worker_settings(self) -> type[KioskWorkerSettings]:
        return KioskWorkerSettings

    @override
    def open_for_api(self, load: Load) -> Kiosk:
        return Kiosk(load(self.api_settings()).secrets())

    @override
    def open_for_worker(self, load: Load) -> Kiosk:
        settings = load(self.worker_settings())
        url, key = settings.kiosk_api_url, settings.kiosk_api_key
        api = kiosk_api(url, key.get_secret_value()) if url and key else None
        return Kiosk(api=api)

    @override
    def sample_shop(self, secret: str) -> KioskSample:
        return KioskSample(secret)

    @override
    def own_sample_shop(
        self, load: Load, secret: str | None, *, live: bool = False
    ) -> KioskSample | None:
        given = secret or next(iter(load(self.api_settings()).live_secrets()), None)
        return None if given is None else KioskSample(given)


KIOSK = KioskPackage()
