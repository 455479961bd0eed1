"""The choice of another plan for a made-up upgrade or downgrade."""

import pytest

from domain.catalog import Catalog, Offer
from domain.license import Term
from domain.sale import Variants
from operations.offers import other_options

SOLO, TEAM, STUDIO = ((("Tier", name),) for name in ("Solo", "Team", "Studio"))
OFFERS = tuple(
    Offer("lumen", "core", Term(1), variant=variant) for variant in ((), SOLO, TEAM, STUDIO)
)
CATALOG = Catalog({"shop": (*OFFERS, Offer("one", "core", Term(1)))}, "0" * 64)


@pytest.mark.parametrize(
    ("now", "up", "other"),
    [
        (SOLO, True, TEAM),
        (TEAM, True, STUDIO),
        (STUDIO, True, SOLO),
        (STUDIO, False, TEAM),
        (SOLO, False, STUDIO),
        ((("Tier", "Old"),), True, SOLO),
        ((("Tier", "Old"),), False, STUDIO),
        ((("Color", "Red"), *TEAM), True, STUDIO),
    ],
)
def test_the_next_offer_of_the_product_is_the_higher_plan(
    now: Variants,
    up: bool,  # noqa: FBT001 - a parameter of the test
    other: Variants,
) -> None:
    assert other_options(CATALOG, "shop", "lumen", now, up=up) == other


@pytest.mark.parametrize("product", ["one", "unmapped"])
def test_a_product_without_options_has_no_other_plan(product: str) -> None:
    assert other_options(CATALOG, "shop", product, (), up=True) is None
