"""In a letter, texts of strangers stay plain and short."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from letters.license_letter import LicenseLetter
from letters.rendering import Templates
from tests.letters.elements import Elements

HOSTILE = "<script>alert(1)</script> {{ 7*7 }} {% raw %} \r\nBcc: x@example.com\u202e\0\ud800"
FAMILY = "👩‍👩‍👧 Ünïcode"


def test_strangers_texts_stay_texts(templates: Templates, letter: LicenseLetter) -> None:
    hostile = replace(letter, product_name=HOSTILE, name=HOSTILE, tier=HOSTILE, activate=HOSTILE)
    _, _, harmless_html = templates.render(replace(letter, activate="text"))

    subject, text, html = templates.render(hostile)

    assert subject == (
        "Your license for <script>alert(1)</script> {{ 7*7 }} {% raw %} Bcc: x@example.com"
    )
    assert Elements(html).tags == Elements(harmless_html).tags
    assert "{{ 7*7 }}" in html
    for part in (subject, text, html):
        assert not set(part) & set("\r\0\u202e\ud800")
    for body in (text, Elements(html).text):
        assert re.search(r"Hello,\n", body)


@pytest.mark.parametrize("name", ["visit.evil.com", "Ada http://evil.com", "x" * 61, HOSTILE])
def test_nobody_can_have_a_link_mailed_by_way_of_a_name(
    tmp_path: Path, templates: Templates, letter: LicenseLetter, name: str
) -> None:
    (tmp_path / "license").mkdir()
    (tmp_path / "license" / "subject.txt").write_text("For you, {{ letter.name }}!")

    nameless = replace(letter, name="")
    assert templates.render(replace(letter, name=name)) == templates.render(nameless)
    assert Templates(tmp_path).render(replace(letter, name=name))[0] == "For you, !"


def test_unicode_and_joined_emoji_survive(templates: Templates, letter: LicenseLetter) -> None:
    parts = templates.render(replace(letter, product_name=FAMILY, name=FAMILY))

    assert all(FAMILY in part for part in parts)


@pytest.mark.parametrize(
    "number", ["evil.com", "http://x", "x" * 61, HOSTILE, " ", "evil\u3002com", "a@b"]
)
def test_no_order_number_is_a_link(
    templates: Templates, letter: LicenseLetter, number: str
) -> None:
    assert templates.render(replace(letter, order_number=number)) == templates.render(letter)
