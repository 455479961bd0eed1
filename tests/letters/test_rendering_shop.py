"""The seller, the address for questions and the order: a buyer with a problem needs them."""

import re
from dataclasses import replace

import pytest

from letters.composing import Shop
from letters.license_letter import LicenseLetter
from letters.rendering import Templates
from tests.letters.elements import Elements


@pytest.fixture
def sold(letter: LicenseLetter) -> LicenseLetter:
    return replace(
        letter,
        order_number="252197085",
        shop_name="Lumen & Söhne",
        shop_url="https://lumen.example/",
        reply_to="help@lumen.example",
    )


def bodies(templates: Templates, letter: LicenseLetter) -> tuple[str, str]:
    """Return the visible text of both bodies, with each run of blanks as one blank."""
    _, text, html = templates.render(letter)
    plain, page = (" ".join(body.split()) for body in (text, Elements(html).text))
    return plain, page


@pytest.mark.parametrize("renewed", [False, True])
def test_the_letter_names_the_shop_and_whom_to_write_to(
    templates: Templates, sold: LicenseLetter, *, renewed: bool
) -> None:
    for body in bodies(templates, replace(sold, renewed=renewed)):
        assert re.search("Sold by Lumen & Söhne", body)
        assert "Just reply to this e-mail, or write to help@lumen.example, and name" in body
        assert "contact the shop" not in body


def test_a_new_license_is_from_the_shop(templates: Templates, sold: LicenseLetter) -> None:
    for body in bodies(templates, sold):
        assert re.search(r"Thank you for [\w ]+ from Lumen & Söhne\.", body)


def test_the_shop_s_address_is_read_in_the_text_and_linked_in_the_page(
    templates: Templates, sold: LicenseLetter
) -> None:
    _, text, html = templates.render(sold)
    assert "Lumen & Söhne, https://lumen.example\n" in text
    assert "https://lumen.example" in Elements(html).targets

    _, text, html = templates.render(replace(sold, shop_name=None))
    assert "Sold by      https://lumen.example\n" in text
    assert "https://lumen.example" in Elements(html).text


def test_the_receipt_s_number_stands_before_our_reference(
    templates: Templates, sold: LicenseLetter
) -> None:
    for body in bodies(templates, sold):
        assert re.search(r"Order 252197085 Reference gumroad:9f2b1c7e==", body)
    _, text, _ = templates.render(sold)
    assert re.search(r"name\s+your\s+order,\s+252197085\.", text)


def test_an_unknown_shop_is_not_mentioned(templates: Templates, letter: LicenseLetter) -> None:
    for body in bodies(templates, replace(letter, reply_to=None)):
        for absent in ("Sold by", " from ", "None", "Reference", "write to"):
            assert absent not in body


def test_a_seller_s_own_name_is_no_markup(templates: Templates, sold: LicenseLetter) -> None:
    _, _, html = templates.render(replace(sold, shop_name="<b>Lumen</b>\r\n"))

    assert "&lt;b&gt;Lumen&lt;/b&gt;" in html
    assert "b" not in Elements(html).tags


@pytest.mark.parametrize(
    ("shop", "name", "address"),
    [
        (Shop(), None, None),
        (Shop("shop@example.com"), None, "shop@example.com"),
        (Shop("Shop <shop@example.com>"), "Shop", "shop@example.com"),
        (Shop("Shöp & Co. <shop@example.com>"), "Shöp & Co.", "shop@example.com"),
        (Shop('"Shop, Ltd." <shop@example.com>'), "Shop, Ltd.", "shop@example.com"),
        (Shop("A <a@example.com>", "Help <help@example.com>"), "A", "help@example.com"),
        (Shop("A <a@example.com>", name="B"), "B", "a@example.com"),
        (Shop(None, "help@example.com", "B"), "B", "help@example.com"),
    ],
)
def test_unset_shop_values_come_from_the_sender(
    shop: Shop, name: str | None, address: str | None
) -> None:
    assert (shop.shown_name, shop.address) == (name, address)
