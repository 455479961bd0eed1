"""A letter with several licenses."""

from dataclasses import replace
from typing import Any

import pytest

from letters.joint import JointLetter, file_names
from letters.license_letter import LicenseLetter
from letters.rendering import Templates, joint_email
from mailers.base import Mark


@pytest.fixture
def joint(letter: LicenseLetter) -> JointLetter:
    lumen = replace(
        letter, product_name="Lumen", tier="Studio", key="OTHER-KEY", expires_at=None, seats=1
    )
    return JointLetter((letter, replace(lumen, activate="Choose Help, then License.")))


def test_text_and_html_have_each_license_with_its_own_terms(
    templates: Templates, joint: JointLetter
) -> None:
    subject, text, html = templates.render_joint(joint)

    assert subject == "Your licenses for Data Tools and Lumen"
    for body in (text, html.replace("<wbr>", "")):
        for words in ("MINT-7K3QF-X9D2M", "OTHER-KEY", "Pro", "Studio", "March 2, 2027 (UTC)"):
            assert words in body
        assert "https://datatools.example.com/activate" in body
        assert "Choose Help, then License." in body
        assert "license-data-tools.jwt" in body
        assert body.count("gumroad:9f2b1c7e==") >= 1
        assert "Ada Lovelace" in body
        assert "TEST" not in body.replace("Test sale", "TEST")
    assert text.count("Seats        5") == 1


@pytest.mark.parametrize(
    ("words", "subject", "flags"),
    [
        ("good again", "Good again: your licenses for", ("renewed", "changed", "restored")),
        ("as they are now", "Changed: your licenses for", ("renewed", "changed")),
        ("your renewed licenses", "Renewed: your licenses for", ("renewed",)),
        ("Here is the key of each", "Your licenses for", ("given",)),
    ],
)
def test_letter_tells_what_all_of_them_are(
    templates: Templates, joint: JointLetter, words: str, subject: str, flags: tuple[str, ...]
) -> None:
    told: Any = dict.fromkeys(flags, True)
    licenses = tuple(replace(each, **told) for each in joint.licenses)
    found, _, html = templates.render_joint(JointLetter(licenses))

    assert found.startswith(subject)
    assert words in html


def test_renewed_license_beside_a_new_one_is_told_by_itself(
    templates: Templates, joint: JointLetter
) -> None:
    first, second = joint.licenses
    mixed = JointLetter((replace(first, renewed=True), second))
    subject, text, html = templates.render_joint(mixed)

    assert subject.startswith("Your licenses for")
    assert text.count("the one that you had before\n") == 1
    assert html.count("The one that you had before") == 1


def test_test_sale_is_marked(templates: Templates, joint: JointLetter) -> None:
    licenses = tuple(replace(each, test=True) for each in joint.licenses)
    subject, text, html = templates.render_joint(JointLetter(licenses))

    assert subject.startswith("[TEST] ")
    assert "TEST SALE" in text
    assert "Test sale" in html


def test_strangers_texts_stay_texts(templates: Templates, joint: JointLetter) -> None:
    evil = replace(joint.licenses[0], product_name="<b>x</b>\n\nfake", name="http://evil.example")
    _, text, html = templates.render_joint(JointLetter((evil, joint.licenses[1])))

    assert "<b>x</b>" not in html
    assert "evil.example" not in text + html
    assert "\n\nfake" not in text


def test_subject_names_two_products_and_counts_the_rest(letter: LicenseLetter) -> None:
    names = ("One", "Two", "One", "Three", "Four")
    joint = JointLetter(tuple(replace(letter, product_name=name) for name in names))

    assert joint.products == "One, Two and 2 more"


def test_each_token_is_attached_under_a_name_of_its_own(
    templates: Templates, joint: JointLetter
) -> None:
    mail = joint_email(Mark(1, "0f"), "ada@example.com", joint, ["token.1", "token.2"], templates)

    assert [(each.name, each.content) for each in mail.attachments] == [
        ("license-data-tools.jwt", b"token.1"),
        ("license-lumen.jwt", b"token.2"),
    ]


@pytest.mark.parametrize(
    ("products", "names"),
    [
        (("Lumen", "Lumen"), ("license-lumen.jwt", "license-lumen-2.jwt")),
        (
            ("Lumen", "Lumen 2", "Lumen"),
            ("license-lumen.jwt", "license-lumen-2.jwt", "license-lumen-3.jwt"),
        ),
        (("写真", "光", "1"), ("license-1.jwt", "license-2.jwt", "license-1-2.jwt")),
        (("Café & Crème",), ("license-cafe-creme.jwt",)),
        (("../../etc/passwd",), ("license-etc-passwd.jwt",)),
        (("x" * 300,), (f"license-{'x' * 40}.jwt",)),
    ],
)
def test_file_names_are_readable_and_unique(
    products: tuple[str, ...], names: tuple[str, ...]
) -> None:
    assert file_names(products) == names
