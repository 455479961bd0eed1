"""The names that a letter repeats. Buyers type both the name and the recipient's address."""

import unicodedata

import pytest
from hypothesis import given, strategies as st

from letters.quoting import greeted_name

NAMES = (
    "Ada Lovelace",
    "J. R. R. Tolkien",
    "J.R.R. Tolkien",
    "Mary-Jane O'Neil",
    "Mary-Jane O\u2019Neil",
    "Grace Hopper, Ph.D.",
    "St. John",
    "Sammy Davis, Jr.",
    "Dr. No",
    "Dot Cotton (Dottie)",
    "van der Berg",
    'Robert "Bob" Smith (III)',
    "Smith & Sons Ltd.",
    "Anna Müller/Peter Meier",
    "Дмитрий Иванович",
    "李小龙",
    "李小龙。",
    "محمد علی",
    "अनुष्का शर्मा",
    "Nguyễn Thị Minh Khai",
    "Ünïcode 👩‍👩‍👧 🏳️‍🌈",
    "🦄",
    "Player 42",
    "ada_1985",
    "x" * 60,
)

NO_NAMES = (
    "",
    "\u200b\u2060",
    "evil.com",
    "Evil.COM",
    "visit.evil.com",
    "Ada, see evil.com/login now",
    "www.evil",
    "WWW.evil.com",
    "http://evil",
    "https:evil",
    "//evil/login",
    "\\\\evil\\share",
    "mailto:x",
    "tel:+1",
    "javascript:alert(1)",
    "x@y",
    "ada@example.com",
    "bit.ly/x",
    "t.me/x",
    "goo.gl",
    "xn--e1afmkfd.xn--p1ai",
    "bücher.example",
    "пример.рф",
    "例え.テスト",
    "भारत.भारत",
    "192.168.0.1",
    "1.1.1.1",
    "evil\u3002com",
    "evil\uff0ecom",
    "evil\uff61com",
    "evil\u2024com",
    "evil\ufe52com",
    "".join(chr(ord(letter) + 0xFEE0) for letter in "evil.com"),
    "ⓔⓥⓘⓛ.ⓒⓞⓜ",
    "evil.\U0001d41c\U0001d428\U0001d426",
    *(f"evil{stop}com" for stop in "\u06d4\u0701\u0702\ua4f8\ua60e\U00010a50"),
    "evil(.)com",
    "evil ( DOT ) com",
    "ada(at)evil",
    "www evil com",
    "evil\u200b.com",
    "evil.\u200bcom",
    "evil.c\u00adom",
    "evil.c\u034fom",
    "evil.c\ufe0fom",
    "evil.\u202ecom",
    "moc.live\u202e",
    "evil.com.",
    "(evil.com)",
    "❤.ws",
    "evil .com",
    "x\uff20y",
    "http\uff1a\uff0f\uff0fevil",
    "<a href=x>click</a>",
    "<script>alert(1)</script>",
    "[click](x)",
    "{{ 7*7 }}",
    "Call +1 (800) 555-0199",
    "call ١٢٣٤٥٦٧٨",
    "252197085",
    "x" * 61,
    "You have won. " * 12,
)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_of_a_person_is_repeated(name: str) -> None:
    assert greeted_name(name) == name


@pytest.mark.parametrize("text", NO_NAMES)
def test_a_text_that_a_mail_program_could_link_is_no_name(text: str) -> None:
    assert greeted_name(text) == ""


def test_a_name_is_one_line() -> None:
    assert greeted_name(" Ada\r\n\tLovelace\u2028") == "Ada Lovelace"


@given(st.text(st.characters(exclude_categories=())))
def test_a_repeated_name_is_short_and_holds_no_domain(text: str) -> None:
    name = greeted_name(text)

    assert len(name) <= 60
    assert not any(unicodedata.category(one) in {"Cc", "Cs", "Zl", "Zp"} for one in name)
    assert greeted_name(name) == name


@given(
    before=st.text(max_size=20),
    host=st.from_regex(r"\A[a-z0-9-]{1,10}\Z"),
    dot=st.sampled_from(".\u3002\uff0e\uff61\u2024\ufe52"),
    end=st.sampled_from(["com", "de", "co.uk", "io/x", "рф", "xn--p1ai", "museum"]),
    after=st.text(max_size=20),
)
def test_no_domain_gets_through(before: str, host: str, dot: str, end: str, after: str) -> None:
    assert greeted_name(f"{before}{host}{dot}{end}{after}") == ""
