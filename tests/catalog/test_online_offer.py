"""The entry that speaks today for a license, where an app asks."""

import pytest

from domain.catalog import Catalog, Offer
from domain.license import Term
from domain.sale import Product, Variants

PRO: Variants = (("Edition", "Pro"),)
MAC: Variants = (("Edition", "Pro"), ("System", "macOS"))


def offer(
    tier: str, variant: Variants = (), product_id: str = "editor", *, licensed: bool = True
) -> Offer:
    return Offer(product_id, tier, Term(None), variant=variant, licensed=licensed)


def found(
    *offers: Offer, tier: str = "core", variants: Variants = (), aliases: tuple[str, ...] = ()
) -> Offer | None:
    product = Product("editor", "Lumen Editor", variants=variants, aliases=aliases)
    return Catalog({"gumroad": offers}, "0" * 64).online_offer("gumroad", product, tier)


def test_the_tier_of_the_license_decides_before_the_options_of_the_sale() -> None:
    """A plan change moved the license to another tier; its sale still has the old option."""
    core, pro = offer("core"), offer("pro", PRO)
    assert found(core, pro, tier="core", variants=PRO) == core
    assert found(core, pro, tier="pro") == pro


def test_entries_of_one_tier_are_told_apart_by_the_options_of_the_sale() -> None:
    general, pro, mac = offer("core"), offer("core", PRO), offer("core", MAC)
    for order in [(general, pro, mac), (mac, pro, general)]:
        assert found(*order) == general
        assert found(*order, variants=PRO) == pro
        assert found(*order, variants=MAC) == mac


def test_options_are_compared_as_for_a_purchase() -> None:
    general, pro = offer("core"), offer("core", PRO)
    assert found(pro, general, variants=(("Edition", "Pro\u00a0"),)) == pro


def test_a_tier_that_no_entry_has_gets_the_entry_of_its_options() -> None:
    core, pro = offer("core"), offer("pro", PRO)
    assert found(core, pro, tier="studio", variants=PRO) == pro
    assert found(core, pro, tier="studio") == core


def test_an_entry_under_an_alias_counts_where_none_has_the_id() -> None:
    by_alias = offer("core", product_id="lumen")
    assert found(by_alias, aliases=("lumen",)) == by_alias
    assert found(by_alias, offer("lite"), aliases=("lumen",), tier="core") == offer("lite")


@pytest.mark.parametrize(
    "offers", [(), (offer("core", product_id="fonts"),), (offer("", licensed=False),)]
)
def test_no_entry_with_a_license_has_the_product(offers: tuple[Offer, ...]) -> None:
    assert found(*offers) is None


def test_an_entry_without_a_license_never_speaks_for_one() -> None:
    core = offer("core")
    assert found(core, offer("", PRO, licensed=False), variants=PRO) == core
    assert found(core, offer("", PRO, licensed=False), tier="") == core


def test_the_entries_of_another_storefront_do_not_count() -> None:
    catalog = Catalog({"gumroad": (offer("core"),)}, "0" * 64)
    assert catalog.online_offer("paddle", Product("editor", "Lumen Editor"), "core") is None
