"""Compares the options of a purchase with the mapping's, and checks the notes about differences."""

import pytest

from domain.catalog import Catalog, Choice, Offer, find_clashes
from domain.errors import ProductUnmappedError
from domain.license import Term
from domain.sale import Product, Variants

GENERAL = ("core", ())


def catalog(*entries: tuple[str, Variants]) -> Catalog:
    offers = tuple(Offer("editor", tier, Term(None), variant=variant) for tier, variant in entries)
    return Catalog({"gumroad": offers}, "0" * 64)


def chosen(offers: Catalog, *variants: tuple[str, str]) -> Choice:
    return offers.choose("gumroad", Product("editor", "Lumen Editor", variants=variants))


@pytest.mark.parametrize(
    ("mapped", "bought"),
    [
        (("Edition", "Pro"), ("Edition", "Pro\u00a0")),
        (("Édition", "Noël"), ("E\u0301dition", "Noe\u0308l")),
        (("E\u0301dition", "Noe\u0308l"), ("Édition", "Noël")),
        (("Ada\u2019s \u201cEdition\u201d", "Pro"), ('Ada\'s "Edition"', "Pro")),
        (("Ada's Edition", "5  seats"), ("Ada\u2019s\u2003Edition", "5\u202fseats")),
        (("", "Pro"), ("", "Pro")),
        (("", "Pro"), ("\u00a0", "Pro")),
    ],
)
def test_an_option_is_found_however_it_is_written(
    mapped: tuple[str, str], bought: tuple[str, str]
) -> None:
    choice = chosen(catalog(GENERAL, ("pro", (mapped,))), bought)

    assert (choice.offer.tier, choice.note("gumroad:1")) == ("pro", None)


def test_two_entries_whose_options_look_alike_clash() -> None:
    offers = catalog(("one", (("Édition", "Ada's"),)), ("two", (("E\u0301dition", "Ada\u2019s"),)))

    assert list(find_clashes(offers.offers["gumroad"])) == [(0, 1)]


NOTED = [
    ({("Edition", "Pro")}, (("Edition", "Prime"),), "Edition: Prime"),
    ({("Edition", "Pro")}, (("Edition", "pro"),), "Edition: pro"),
    ({("Edition", "Pro")}, (("Version", "Pro"),), "Version: Pro"),
    ({("Edition", "Pro")}, (("Version", "Pro"), ("OS", "Mac")), "Version: Pro, OS: Mac"),
    ({("Edition", "Pro")}, (("Edition", "Prime"), ("OS", "Mac")), "Edition: Prime"),
    ({("", "Pro")}, (("", "Prime"),), '"": Prime'),
    ({("Edition", "Pro")}, (("", "Pro"),), '"": Pro'),
    ({("Edition", "Pro")}, (("Edition", "Pro\u00a0Max\u200b"),), "Edition: Pro Max"),
    ({("Edition", "Pro")}, (("Edition", "x" * 51),), "an option that cannot be shown"),
    ({("Edition", "Pro")}, (("Edition", "a\nb"),), "an option that cannot be shown"),
]


@pytest.mark.parametrize(("mapped", "bought", "told"), NOTED)
def test_a_general_entry_that_decides_for_an_option_that_no_entry_names_is_noted(
    mapped: set[tuple[str, str]], bought: Variants, told: str
) -> None:
    choice = chosen(catalog(GENERAL, ("pro", tuple(mapped))), *bought)

    assert choice.offer.tier == "core"
    assert choice.note("gumroad:1") == (
        f"no entry of products.yaml names what was chosen ({told}), so the general entry decided; "
        "if another should, write it there as at the storefront, and then run "
        "`mintpost remap gumroad:1`"
    )


@pytest.mark.parametrize(
    "bought",
    [
        (),
        (("Edition", "Pro"),),
        (("Edition", "Home"), ("OS", "Mac")),
        (("Edition", "Pro"), ("OS", "Mac")),
    ],
)
def test_named_and_irrelevant_options_are_not_noted(bought: Variants) -> None:
    offers = catalog(GENERAL, ("pro", (("Edition", "Pro"),)), ("home", (("Edition", "Home"),)))

    assert chosen(offers, *bought).note("gumroad:1") is None


def test_an_unnamed_option_beside_a_named_one_is_noted() -> None:
    pro, phone = ("Edition", "Pro"), ("Support", "Phone")
    offers = catalog(GENERAL, ("pro", (pro,)), ("phone", (pro, phone)))

    choice = chosen(offers, pro, ("Support", "Chat"))

    assert choice.offer.tier == "pro"
    note = choice.note("gumroad:1") or ""
    assert "(Support: Chat), so the entry of the other options decided" in note


def test_an_unnamed_option_without_a_general_entry_is_unmapped() -> None:
    with pytest.raises(ProductUnmappedError, match=r'"editor" \(Edition: Prime\)'):
        chosen(catalog(("pro", (("Edition", "Pro"),))), ("Edition", "Prime"))


def test_an_order_that_a_shell_would_read_is_quoted_in_the_advice() -> None:
    choice = chosen(catalog(GENERAL, ("pro", (("Edition", "Pro"),))), ("Edition", "Prime"))

    assert "`mintpost remap 'gumroad:a;b c'`" in (choice.note("gumroad:a;b c") or "")


def test_of_a_list_of_untitled_options_each_is_compared() -> None:
    choice = chosen(catalog(GENERAL, ("pro", (("", "Pro"),))), ("", "Mac"), ("", "Pro"))

    assert choice.offer.tier == "pro"
