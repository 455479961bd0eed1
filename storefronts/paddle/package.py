"""Paddle Billing's entry in the registry."""

from typing import TYPE_CHECKING, ClassVar

from typing_extensions import override

from storefronts.abilities import Abilities, MarkOfTests
from storefronts.id_forms import IdForm
from storefronts.package import Load
from storefronts.signed_package import SignedPackage

if TYPE_CHECKING:
    from storefronts.keyed_api import KeyedApi
    from storefronts.paddle.sample import PaddleSample
    from storefronts.paddle.storefront import Paddle
    from storefronts.signed_settings import SignedWorkerSettings

LIVE_URL, SANDBOX_URL = "https://api.paddle.com", "https://sandbox-api.paddle.com"
HEADERS = {"Paddle-Version": "1"}


class PaddlePackage(SignedPackage):
    name: ClassVar[str] = "paddle"
    title: ClassVar[str] = "Paddle"
    example_order: ClassVar[str] = "txn_01k…"
    id_forms: ClassVar[tuple[IdForm, ...]] = (
        IdForm("price", r"pri_[0-9a-z]{20,}"),
        IdForm("product", r"pro_[0-9a-z]{20,}"),
    )
    abilities: ClassVar[Abilities] = Abilities(
        mark_of_tests=MarkOfTests.SECRET,
        event_keys=True,
        whole_sales=False,
        refund_amounts=True,
        disputes=True,
        endings=True,
        plan_changes=True,
    )

    @override
    def open_for_api(self, load: Load) -> "Paddle":
        from storefronts.paddle.storefront import Paddle

        return Paddle(load(self.api_settings()).secrets())

    @override
    def open_for_worker(self, load: Load) -> "Paddle":
        from storefronts.paddle.storefront import Paddle

        return Paddle(api=_client(self, load(self.worker_settings())))

    @override
    def sample_shop(self, secret: str) -> "PaddleSample":
        from storefronts.paddle.sample import PaddleSample

        return PaddleSample(secret)


def _client(package: PaddlePackage, settings: "SignedWorkerSettings") -> "KeyedApi":
    from storefronts.keyed_api import KeyedApi
    from storefronts.paddle.refusals import is_lack_of_right

    accounts = {
        "live": settings.account(package.name, "live", LIVE_URL),
        "test": settings.account(package.name, "test", SANDBOX_URL),
    }
    return KeyedApi(package.title, accounts, lambda got: is_lack_of_right(got.body), HEADERS)


PADDLE = PaddlePackage()
