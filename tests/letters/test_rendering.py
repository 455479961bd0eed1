import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from domain.errors import MailerRefusesError
from letters.license_letter import LicenseLetter
from letters.rendering import Templates, license_email
from mailers.base import Mark
from tests.letters.elements import Elements
from tests.letters.test_rendering_strangers import HOSTILE


def _letters(letter: LicenseLetter) -> Iterator[LicenseLetter]:
    yield letter
    yield replace(letter, activate=None, reply_to=None, expires_at=None, seats=1, name="")
    yield replace(letter, activate="Open Help.\n\n\nPaste the key.", renewed=True)
    yield replace(letter, renewed=True, expires_at=None, test=True)
    yield replace(letter, renewed=True, changed=True)
    yield replace(letter, product_name="Long name " * 60, name=HOSTILE, activate=HOSTILE)


def test_both_bodies_hold_everything_a_buyer_needs(
    templates: Templates, letter: LicenseLetter
) -> None:
    subject, text, html = templates.render(letter)

    assert subject == "Your license for Data Tools"
    for body in (text, Elements(html).text):
        for fact in ("Ada Lovelace", letter.key, "Data Tools", "Pro", "5", "March 2, 2027"):
            assert fact in body
        assert letter.order_reference in body
        assert "https://datatools.example.com/activate" in body
        assert "license.jwt" in body
        assert "reply to this e-mail" in body


def test_inapplicable_lines_are_left_out(templates: Templates, letter: LicenseLetter) -> None:
    plain = replace(letter, activate=None, reply_to=None, expires_at=None, seats=1, name="")

    _, text, html = templates.render(plain)

    for body in (text, Elements(html).text):
        assert "never expires" in body.lower()
        assert "contact the shop" in body
        assert "Hello," in body
        for absent in ("Seats", "ctivate:", "How to", "reply to", "None", "Test", "TEST"):
            assert absent not in body


def test_a_url_is_a_link_and_a_text_is_a_paragraph(
    templates: Templates, letter: LicenseLetter
) -> None:
    _, _, with_url = templates.render(letter)
    _, _, with_text = templates.render(replace(letter, activate="Open Help.\nPaste it."))

    assert Elements(with_url).targets == {"https://datatools.example.com/activate"}
    assert Elements(with_text).targets == set()
    assert "Open Help.<br>Paste it." in with_text


@pytest.mark.parametrize(
    "activate", ["javascript:alert(1)", "data:text/html,x", "https://a b", "see https://a.b"]
)
def test_only_a_whole_web_address_becomes_a_link(
    templates: Templates, letter: LicenseLetter, activate: str
) -> None:
    _, _, html = templates.render(replace(letter, activate=activate))

    assert Elements(html).targets == set()
    assert activate in Elements(html).text


def test_a_renewal_tells_the_new_end_and_that_the_key_stays(
    templates: Templates, letter: LicenseLetter
) -> None:
    subject, text, html = templates.render(replace(letter, renewed=True))

    assert subject == "Renewed: your license for Data Tools"
    for body in (text, Elements(html).text):
        assert re.search(r"is\s+now valid until\s+March 2, 2027", body)
        assert "key stays the same" in body


def test_a_change_without_a_payment_thanks_for_none(
    templates: Templates, letter: LicenseLetter
) -> None:
    subject, text, html = templates.render(replace(letter, renewed=True, changed=True))

    assert subject == "Changed: your license for Data Tools"
    for body in (text, Elements(html).text):
        assert "key stays the same" in " ".join(body.split())
        assert "Thank you" not in body
        assert "renewed" not in body


def test_a_test_sale_is_marked_everywhere(templates: Templates, letter: LicenseLetter) -> None:
    subject, text, html = templates.render(replace(letter, test=True))

    assert subject.startswith("[TEST] Your license")
    assert "TEST SALE" in text
    assert "Test sale." in html


def test_a_subject_is_cut_before_it_is_too_long(
    templates: Templates, letter: LicenseLetter
) -> None:
    subject, _, _ = templates.render(replace(letter, product_name="x" * 5000, test=True))

    assert len(subject) == 200
    assert subject.startswith("[TEST] Your license for xxx")
    assert subject.endswith("…")


def test_the_text_is_wrapped_and_airy(templates: Templates, letter: LicenseLetter) -> None:
    for each in _letters(letter):
        _, text, _ = templates.render(each)

        assert "\n\n\n" not in text
        assert text.endswith(".\n")
        assert not re.search(r"[ \t]$", text, re.MULTILINE)
        facts = ("Product  ", "Plan  ", "Order  ", "    https://")
        assert all(len(line) <= 72 for line in text.splitlines() if not line.startswith(facts))


def test_a_long_order_id_is_never_broken(templates: Templates, letter: LicenseLetter) -> None:
    order = "gumroad:" + "x" * 190

    _, text, _ = templates.render(replace(letter, order_reference=order))

    assert text.count(order) == 2


def test_the_key_is_one_unbroken_word_that_wraps_at_dashes_only(
    templates: Templates, letter: LicenseLetter
) -> None:
    _, text, html = templates.render(letter)

    assert f"\n    {letter.key}\n" in text
    assert letter.key.replace("-", "-<wbr>") in html


def test_the_page_fetches_nothing_and_fits_every_client(
    templates: Templates, letter: LicenseLetter
) -> None:
    for each in _letters(letter):
        _, _, html = templates.render(each)

        elements = Elements(html)
        assert not elements.tags & {"img", "script", "link", "iframe", "form", "svg"}
        assert "url(" not in html
        assert "@import" not in html
        assert '<html lang="en"' in html
        # Gmail clips a mail of more than 102 kB, and with it the key.
        assert len(html.encode()) < 30_000


def test_the_mail_carries_the_token_as_a_file(templates: Templates, letter: LicenseLetter) -> None:
    email = license_email(
        Mark(12, "0f1e2d3c"), "buyer@example.com", letter, "eyJ.eyJ.sig", templates
    )

    [attachment] = email.attachments
    assert (attachment.name, attachment.content) == ("license.jwt", b"eyJ.eyJ.sig")
    assert attachment.content_type == "application/jwt"
    assert email.delivery_id == 12
    assert email.to == "buyer@example.com"
    assert letter.key in email.text
    assert email.html.startswith("<!doctype html>")


def test_an_operators_file_replaces_one_and_leaves_the_others(
    tmp_path: Path, letter: LicenseLetter
) -> None:
    (tmp_path / "license").mkdir()
    (tmp_path / "license" / "subject.txt").write_text("{{ letter.product_name }}: danke!\n")

    subject, text, _ = Templates(tmp_path).render(letter)

    assert subject == "Data Tools: danke!"
    assert text == Templates().render(letter)[1]


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("{% if %}", "line 1"),
        ("{{ letter.colour }}", "UndefinedError"),
        ("{{ letter.name + 1 }}", "TypeError"),
        ("{{ letter.__class__.__mro__ }}", "SecurityError"),
        ("{% include 'gone.txt' %}", "TemplateNotFound"),
    ],
)
def test_a_template_that_cannot_be_used_is_named_and_mended_without_a_restart(
    tmp_path: Path, letter: LicenseLetter, source: str, why: str
) -> None:
    file = tmp_path / "license" / "body.txt"
    file.parent.mkdir()
    file.write_text(source)
    templates = Templates(tmp_path)

    with pytest.raises(MailerRefusesError) as caught:
        templates.render(letter)

    assert f"license/body.txt cannot be used ({why})" in caught.value.sentence
    assert "Ada" not in caught.value.sentence
    file.write_text("Mended for {{ letter.name }}.")
    assert templates.render(letter)[1] == "Mended for Ada Lovelace.\n"
