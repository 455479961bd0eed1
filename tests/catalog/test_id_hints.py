"""An id under the wrong shop is noticed by its form; a word of the seller's own is not."""

from pathlib import Path

import pytest

from catalog.file import parse_products
from catalog.id_hints import find_id_hints
from storefronts.id_forms import IdForm, ShopIds

SHOPS = {
    "gumroad": ShopIds("Gumroad", (IdForm("product", r"[A-Za-z0-9_-]{22}=="),), free_words=True),
    "stripe": ShopIds(
        "Stripe",
        (IdForm("price", "price_[A-Za-z0-9]+"), IdForm("product", "prod_[A-Za-z0-9]+")),
        free_words=True,
    ),
    "paddle": ShopIds("Paddle", (IdForm("price", "pri_[a-z0-9]{26}"),)),
    "lemonsqueezy": ShopIds(
        "Lemon Squeezy", (IdForm("variant", "[0-9]+", unmistakable=False),), free_words=False
    ),
}


def hints(source: str, product_id: str) -> list[tuple[int, str]]:
    content = f'{source}:\n  - {{product_id: "{product_id}", tier: a}}\n'
    catalog = parse_products(Path("p.yaml"), content.encode(), [*SHOPS])
    return [(hint.line, hint.sentence) for hint in find_id_hints(catalog, SHOPS)]


@pytest.mark.parametrize(
    ("source", "product_id"),
    [
        ("stripe", "price_1SNbec"),
        ("stripe", "basic"),
        ("gumroad", "lumen"),
        ("gumroad", "1234"),
        ("lemonsqueezy", "659205"),
        ("paddle", f"pri_{'0' * 26}"),
    ],
)
def test_own_form_or_an_own_word_needs_no_advice(source: str, product_id: str) -> None:
    assert hints(source, product_id) == []


@pytest.mark.parametrize(
    ("source", "product_id", "form", "other"),
    [
        ("paddle", "price_1SNbec", "Stripe price", "stripe"),
        ("gumroad", "prod_Rt", "Stripe product", "stripe"),
        ("lemonsqueezy", "fEv7TDvUDEKb-yaNdbudow==", "Gumroad product", "gumroad"),
        ("paddle", "659205", "Lemon Squeezy variant", "lemonsqueezy"),
    ],
)
def test_form_of_another_shop_is_told_with_its_line(
    source: str, product_id: str, form: str, other: str
) -> None:
    ((line, sentence),) = hints(source, product_id)

    assert line == 2
    assert f'stands under {source}, and "{product_id}" has the form of a {form}' in sentence
    assert f"move it under {other}" in sentence


def test_form_of_no_shop_is_told_where_the_seller_chooses_no_words() -> None:
    ((_, sentence),) = hints("paddle", "my-product")

    assert "has no form of Paddle's ids (price)" in sentence
