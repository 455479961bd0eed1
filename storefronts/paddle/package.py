"""Paddle Billing's entry in the registry."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from typing_extensions import override

from storefronts.abilities import Abilities, MarkOfTests
from storefronts.id_forms import IdForm
from storefronts.signed_package import SignedPackage

if TYPE_CHECKING:
    from storefronts.got import Got
    from storefronts.paddle.sample import PaddleSample
    from storefronts.paddle.storefront import Paddle


class PaddlePackage(SignedPackage):
    name: ClassVar[str] = "paddle"
    title: ClassVar[str] = "Paddle"
    example_order: ClassVar[str] = "txn_01k…"
    live_url: ClassVar[str] = "https://api.paddle.com"
    test_url: ClassVar[str] = "https://sandbox-api.paddle.com"
    headers: ClassVar[Mapping[str, str]] = {"Paddle-Version": "1"}
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
    def storefront(self) -> "type[Paddle]":
        from storefronts.paddle.storefront import Paddle

        return Paddle

    @override
    def lacks_right(self, got: "Got") -> bool:
        from storefronts.paddle.refusals import is_lack_of_right

        return is_lack_of_right(got.body)

    @override
    def sample_shop(self, secret: str) -> "PaddleSample":
        from storefronts.paddle.sample import PaddleSample

        return PaddleSample(secret)


PADDLE = PaddlePackage()
