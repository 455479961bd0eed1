"""The words of a letter about a change that nobody paid for, and about a license that was given."""

from dataclasses import replace

import pytest

from letters.license_letter import LicenseLetter
from letters.rendering import Templates
from tests.letters.test_rendering_shop import bodies


@pytest.fixture
def given(letter: LicenseLetter) -> LicenseLetter:
    return replace(
        letter, given=True, bought=False, order_reference="operator:press", shop_name="Lumen"
    )


def test_a_given_license_thanks_for_no_purchase_and_names_no_order(
    templates: Templates, given: LicenseLetter
) -> None:
    for body in bodies(templates, given):
        assert "from Lumen" in body
        assert "From Lumen" in body
        assert "write to help@example.org." in body
        for absent in (
            "Thank you",
            "buying",
            "purchase",
            "operator:",
            "your order",
            "Order",
            "Sold",
        ):
            assert absent not in body


def test_a_given_license_without_an_address_names_the_shop_to_ask(
    templates: Templates, given: LicenseLetter
) -> None:
    for body in bodies(templates, replace(given, reply_to=None)):
        assert "Please contact Lumen. Keep" in body


def test_an_imported_order_keeps_its_number_without_thanks(
    templates: Templates, given: LicenseLetter
) -> None:
    imported = replace(given, bought=True, order_reference="gumroad:9f2b", order_number="2521")

    for body in bodies(templates, imported):
        assert "Order 2521 Reference gumroad:9f2b" in body
        assert "Thank you" not in body


def test_a_restoration_says_that_the_license_is_good_again(
    templates: Templates, letter: LicenseLetter
) -> None:
    restored = replace(letter, renewed=True, changed=True, restored=True)

    subject, _, _ = templates.render(restored)

    assert subject == "Good again: your license for Data Tools"
    for body in bodies(templates, restored):
        assert "is good again" in body
        assert "ey stays the same" in body
        assert "Thank you" not in body


@pytest.mark.parametrize(
    ("receipt", "earlier", "sentence"),
    [
        (True, False, "The key on your receipt opens this license, too."),
        (False, True, "The key that you had before opens this license, too."),
        (
            True,
            True,
            "The key on your receipt and the key that you had before open this license, too.",
        ),
    ],
)
def test_a_letter_tells_of_the_keys_that_the_holder_has_already(
    templates: Templates, letter: LicenseLetter, sentence: str, *, receipt: bool, earlier: bool
) -> None:
    for body in bodies(templates, replace(letter, receipt_key=receipt, earlier_key=earlier)):
        assert sentence in body
    for body in bodies(templates, letter):
        assert "opens this license" not in body
