"""The entry of a shop that signs its requests: settings and variables have the same names."""

from abc import abstractmethod
from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, ClassVar

from typing_extensions import override

from kit.load import Load
from storefronts.abilities import MarkOfTests
from storefronts.package import StorefrontPackage

if TYPE_CHECKING:
    from domain.event import SecretLabel
    from storefronts.api_account import ApiAccount
    from storefronts.got import Got
    from storefronts.keyed_api import KeyedApi
    from storefronts.sample import SampleShop
    from storefronts.signed_settings import SignedApiSettings, SignedWorkerSettings
    from storefronts.signed_storefront import SignedStorefront


class SignedPackage(StorefrontPackage):
    live_url: ClassVar[str]
    """The address of the shop's API."""

    test_url: ClassVar[str]
    """The address of the test side's API, which may be the same."""

    headers: ClassVar[Mapping[str, str]] = {}
    """The headers of each question to the API, beside the key."""

    ours: ClassVar[str | None] = None
    """The variable with the seller's accounts at the shop, separated by commas."""

    @override
    def __init_subclass__(cls) -> None:
        shop = cls.name.upper()
        secret = f"{shop}_WEBHOOK_SECRET"
        tests = f"{shop}_TEST_WEBHOOK_SECRET"
        sides = (f"{shop}_{side}API_{name}" for side in ("", "TEST_") for name in ("KEY", "URL"))
        cls.secret_variable = secret
        cls.api_variables = frozenset({secret, f"{secret}_2", tests, f"{tests}_2"})
        cls.key_variables = {"live": f"{shop}_API_KEY", "test": f"{shop}_TEST_API_KEY"}
        cls.worker_variables = frozenset({*sides, *([cls.ours] if cls.ours else [])})

    @abstractmethod
    def storefront(self) -> "type[SignedStorefront]":
        """Import and return the storefront's class."""

    def lacks_right(self, got: "Got") -> bool:
        """Tell whether a refusal means that the key is good and lacks a right."""
        return got.status == HTTPStatus.FORBIDDEN

    @override
    def api_settings(self) -> "type[SignedApiSettings]":
        from storefronts.signed_settings import api_settings

        return api_settings(self.name)

    @override
    def worker_settings(self) -> "type[SignedWorkerSettings]":
        from storefronts.signed_settings import worker_settings

        return worker_settings(self.name, *([self.ours.lower()] if self.ours else []))

    @override
    def open_for_api(self, load: Load) -> "SignedStorefront":
        return self.storefront()(load(self.api_settings()).secrets())

    @override
    def open_for_worker(self, load: Load) -> "SignedStorefront":
        settings = load(self.worker_settings())
        return self.storefront()(ours=self.accounts(settings), api=self._client(settings))

    def accounts(self, settings: "SignedWorkerSettings") -> list[str]:
        """Return the seller's accounts: a test side mostly has one of its own."""
        named: str | None = getattr(settings, self.ours.lower()) if self.ours else None
        return [each for part in (named or "").split(",") if (each := part.strip())]

    def _client(self, settings: "SignedWorkerSettings") -> "KeyedApi":
        from storefronts.keyed_api import KeyedApi

        urls: dict[SecretLabel, str] = {"live": self.live_url, "test": self.test_url}
        accounts: dict[str, ApiAccount] = {
            side: settings.account(self.name, side, url) for side, url in urls.items()
        }
        return KeyedApi(self.title, accounts, self.lacks_right, self.headers)

    @override
    def own_sample_shop(
        self, load: Load, secret: str | None, *, live: bool = False
    ) -> "SampleShop | None":
        # Where the secret alone marks a test, a made-up sale must not count as a real one.
        by_secret = self.abilities.mark_of_tests is MarkOfTests.SECRET
        side = "test" if by_secret and not live else "live"
        secrets = load(self.api_settings()).secrets()
        ranked = sorted(secrets, key=lambda each: each.label != side)
        given = secret or next((each.value for each in ranked), None)
        return None if given is None else self.sample_shop(given)
