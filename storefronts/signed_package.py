"""The entry of a shop that signs its requests: settings and variables have the same names."""

from typing import TYPE_CHECKING, ClassVar

from typing_extensions import override

from storefronts.abilities import MarkOfTests
from storefronts.package import Load, StorefrontPackage

if TYPE_CHECKING:
    from storefronts.sample import SampleShop
    from storefronts.signed_settings import SignedApiSettings, SignedWorkerSettings


class SignedPackage(StorefrontPackage):
    further: ClassVar[tuple[str, ...]] = ()
    """The fields of the worker's other settings, such as an account."""

    @override
    def __init_subclass__(cls) -> None:
        shop = cls.name.upper()
        secret = f"{shop}_WEBHOOK_SECRET"
        tests = f"{shop}_TEST_WEBHOOK_SECRET"
        sides = (f"{shop}_{side}API_{name}" for side in ("", "TEST_") for name in ("KEY", "URL"))
        cls.secret_variable = secret
        cls.api_variables = frozenset({secret, f"{secret}_2", tests, f"{tests}_2"})
        cls.worker_variables = frozenset({*sides, *(name.upper() for name in cls.further)})

    @override
    def api_settings(self) -> "type[SignedApiSettings]":
        from storefronts.signed_settings import api_settings

        return api_settings(self.name)

    @override
    def worker_settings(self) -> "type[SignedWorkerSettings]":
        from storefronts.signed_settings import worker_settings

        return worker_settings(self.name, *self.further)

    @override
    def own_sample_shop(self, load: Load, secret: str | None) -> "SampleShop | None":
        # Where the secret alone marks a test, a made-up sale must not count as a real one.
        by_secret = self.abilities.mark_of_tests is MarkOfTests.SECRET
        side = "test" if by_secret else "live"
        secrets = load(self.api_settings()).secrets()
        ranked = sorted(secrets, key=lambda each: each.label != side)
        given = secret or next((each.value for each in ranked), None)
        return None if given is None else self.sample_shop(given)
