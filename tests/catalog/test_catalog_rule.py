"""The rule that picks the entry for a purchase."""

from dataclasses import replace

import pytest

from domain.catalog import Catalog, Offer, find_clashes, kept_note
from domain.errors import ProductUnmappedError
from domain.license import Term
from domain.sale import Product, Variants

FOR_EVER = Term(None)
PRO: Variants = (("Edition", "Pro"),)
PRO_ON_MAC: Variants = (("Edition", "Pro"), ("System", "macOS"))


def offer(tier: str, product_id: str = "editor", variant: Variants = ()) -> Offer:
    return Offer(product_id, tier, FOR_EVER, variant=variant)


def catalog(*offers: Offer) -> Catalog:
    return Catalog({"gumroad": offers}, "0" * 64)


def bought(
    product_id: str = "editor", *, aliases: tuple[str, ...] = (), variants: Variants = ()
) -> Product:
    return Product(product_id, "Lumen Editor", aliases, variants)


def refusal(product: Product, source: str = "gumroad") -> str:
    with pytest.raises(ProductUnmappedError) as raised:
        catalog(offer("pro", variant=PRO)).find(source, product)
    return raised.value.sentence


def test_a_product_is_found_by_its_id() -> None:
    offers = catalog(offer("other", "teams"), offer("core"))

    assert offers.find("gumroad", bought()).tier == "core"


def test_a_product_is_found_by_its_permalink() -> None:
    offers = catalog(offer("core", "kqzvw"))

    assert offers.find("gumroad", bought(aliases=("lumen", "kqzvw"))).tier == "core"


def test_the_id_comes_before_a_permalink_even_one_with_variants() -> None:
    offers = catalog(offer("by permalink", "kqzvw", PRO), offer("by id"))

    found = offers.find("gumroad", bought(aliases=("kqzvw",), variants=PRO))

    assert found.tier == "by id"


def test_an_unmatched_id_does_not_fall_back_to_the_permalink() -> None:
    offers = catalog(offer("pro", variant=PRO), offer("by permalink", "kqzvw"))

    with pytest.raises(ProductUnmappedError, match='unmapped product "editor"'):
        offers.find("gumroad", bought(aliases=("kqzvw",)))


def test_an_unmatched_permalink_does_not_fall_back_to_another_alias() -> None:
    offers = catalog(offer("pro", "lumen", PRO), offer("by short id", "kqzvw"))

    with pytest.raises(ProductUnmappedError):
        offers.find("gumroad", bought(aliases=("lumen", "kqzvw")))


@pytest.mark.parametrize(
    ("variants", "tier"),
    [
        ((), "core"),
        ((("Edition", "Home"),), "core"),
        (PRO, "pro"),
        ((("System", "macOS"), ("Edition", "Pro")), "pro on a mac"),
        ((("System", "Linux"), ("Edition", "Pro")), "pro"),
        ((("System", "macOS"),), "core"),
    ],
)
def test_the_entry_that_names_most_chosen_options_wins(variants: Variants, tier: str) -> None:
    offers = catalog(
        offer("core"), offer("pro on a mac", variant=PRO_ON_MAC), offer("pro", variant=PRO)
    )

    assert offers.find("gumroad", bought(variants=variants)).tier == tier


def test_another_storefronts_entry_is_not_meant() -> None:
    assert 'unmapped product "editor"' in refusal(bought(variants=PRO), source="paddle")


def test_an_unmapped_product_is_named_with_what_was_chosen() -> None:
    sentence = refusal(bought("studio==", variants=PRO_ON_MAC))

    assert sentence == (
        'unmapped product "studio==" (Edition: Pro, System: macOS): '
        "add it under gumroad in products.yaml"
    )


@pytest.mark.parametrize(
    ("variants", "quoted"),
    [
        ((("Edition", "x" * 51), ("System", "macOS")), " (System: macOS)"),
        ((("x" * 51, "Home"), ("System", "macOS")), " (System: macOS)"),
        ((("Edition", "Ho\nme"),), ""),
        ((("Edition", ""),), ""),
        (tuple((f"Category {number}", "x" * 50) for number in range(10)), ""),
    ],
    ids=["a long option", "a long category", "a line break", "an empty option", "long together"],
)
def test_only_short_and_printable_choices_are_quoted(variants: Variants, quoted: str) -> None:
    assert refusal(bought(variants=variants)).startswith(f'unmapped product "editor"{quoted}: ')


def test_a_charge_that_fits_no_entry_gets_a_note_instead_of_an_error() -> None:
    offers, product = catalog(offer("pro", variant=PRO)), bought(variants=(("Edition", "Home"),))

    assert offers.choose_or_none("gumroad", product) is None
    assert kept_note("gumroad", product, "gumroad:1") == (
        'products.yaml gives no license for product "editor" (Edition: Home), so this charge '
        "leaves the license its tier, seats and term; if it should change them, write the entry "
        "under gumroad, and then run `mintpost remap gumroad:1`"
    )


def test_the_note_on_a_charge_quotes_nothing_unusable() -> None:
    note = kept_note("gumroad", bought("line\nbreak", variants=(("Edition", "x" * 51),)), "g:1")

    assert note.startswith('products.yaml gives no license for product "an id that cannot be')
    assert "(Edition" not in note


def test_an_unusable_id_is_not_quoted() -> None:
    sentence = refusal(bought("line\nbreak"))

    assert "line" not in sentence
    assert "an id that cannot be shown" in sentence


def test_offers_that_no_purchase_can_confuse_do_not_clash() -> None:
    offers = [
        offer("core"),
        offer("pro", variant=PRO),
        offer("home", variant=(("Edition", "Home"),)),
        offer("pro on a mac", variant=PRO_ON_MAC),
        offer("core", "teams"),
        offer("pro", "teams", PRO),
    ]

    assert list(find_clashes(offers)) == []
    assert list(find_clashes(offers[::-1])) == []


def test_the_same_variant_in_another_order_clashes() -> None:
    offers = [offer("one", variant=PRO_ON_MAC), offer("two", variant=PRO_ON_MAC[::-1])]

    assert list(find_clashes(offers)) == [(0, 1)]


def test_two_offers_that_one_purchase_can_mean_clash() -> None:
    offers = [offer("pro", variant=PRO), offer("mac", variant=(("System", "macOS"),))]

    assert list(find_clashes(offers)) == [(0, 1)]


def test_an_offer_that_names_both_settles_a_clash() -> None:
    offers = [
        offer("pro", variant=PRO),
        offer("mac", variant=(("System", "macOS"),)),
        offer("both", variant=PRO_ON_MAC),
    ]

    assert list(find_clashes(offers)) == []
    assert catalog(*offers).find("gumroad", bought(variants=PRO_ON_MAC)).tier == "both"


def test_tier_of_no_entry_is_doubted_with_the_command_that_corrects_it() -> None:
    offers = catalog(offer("pro"), offer("core", "teams"), replace(offer("none"), licensed=False))
    assert offers.doubt_of_tier("core", "gumroad:1") is None
    for tier in ("Pro", "none"):
        assert offers.doubt_of_tier(tier, "gumroad:1") == (
            f'no entry of products.yaml has the tier "{tier}" (its tiers: core, pro); '
            "if that is a typing error: `mintpost tier gumroad:1 --to TIER`"
        )


def test_the_sentence_names_the_ids_of_price_and_variant_too() -> None:
    product = Product("prod_1", "Inkwell", specific_ids=("price_1", "ink"))

    assert refusal(product, "stripe").startswith('unmapped product "prod_1" (price_1, ink): add it')
