"""Spellings of a category or an option that count as equal."""

import re
import unicodedata

import pytest
from hypothesis import given, strategies as st

from domain.folding import fold_option

ALIKE = (
    ("Édition Noël", "E\u0301dition Noe\u0308l"),
    ("Pro Plus", "Pro\u00a0Plus"),
    ("Pro Plus", "Pro  Plus"),
    ("Pro Plus", " Pro\u2009Plus\u3000"),
    ("Pro Plus", "Pro\t\u202f\u2007Plus\r\n"),
    ("Pro Plus", "Pro\u2800\u3164Plus"),
    ("Pro Plus", "Pro\u200b Plus\ufeff"),
    ("Pro Plus", "Pro\u00ad Pl\u2060us\u200f"),
    ("Ada's", "Ada\u2019s"),
    ("Ada's", "Ada\u02bcs"),
    ("Ada's", "Ada\u2032s"),
    ("Ada's", "Ada\uff07s"),
    ('27" screen', "27\u2033 screen"),
    ('The "big" one', "The \u201cbig\u201d one"),
    ('The "big" one', "The \u201ebig\u201c one"),
    ('The "big" one', "The \u00abbig\u00bb one"),
    ("Pro \u2713", "Pro \u2713\ufe0f"),
    ("\u212bngstr\u00f6m", "\u00c5ngstro\u0308m"),
)
OTHER = (
    ("Pro", "pro"),
    ("Pro Plus", "ProPlus"),
    ("Pro-Plus", "Pro\u2013Plus"),
    ("Edition", "Édition"),
    ("\uff30\uff32\uff2f", "PRO"),
    ("\U0001f469\u200d\U0001f4bb", "\U0001f469\U0001f4bb"),
)


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_differences_that_nobody_sees_are_none(one: str, other: str) -> None:
    assert fold_option(one) == fold_option(other)


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_differences_that_can_be_meant_count(one: str, other: str) -> None:
    assert fold_option(one) != fold_option(other)


CHARACTERS = [*map(chr, range(0x20000))]
BLANKS = [*filter(str.isspace, CHARACTERS)]
FILLERS = "\u115f\u1160\u2800\u3164\uffa0"


def test_every_blank_of_unicode_is_a_space() -> None:
    assert len(BLANKS) > 20
    assert {fold_option(f"Pro{one}{one}Plus{one}") for one in (*BLANKS, *FILLERS)} == {"Pro Plus"}


# Brackets, arrows and the corner brackets of East Asia are no quotes of ours.
NO_QUOTES = re.compile("BRACKET|VERTICAL BAR|ANGLE QUOTATION MARK ORNAMENT|TAG ")


def is_quote(one: str) -> bool:
    name = unicodedata.name(one, "")
    named = "QUOTATION MARK" in name or unicodedata.category(one) in {"Pi", "Pf"}
    return named and not NO_QUOTES.search(name)


def test_every_quote_of_unicode_is_a_plain_one() -> None:
    found = [*filter(is_quote, CHARACTERS)]

    assert len(found) > 20
    assert {fold_option(one) for one in found} == {"'", '"'}


@given(st.text())
def test_a_folded_text_stays_as_it_is_however_it_was_composed(text: str) -> None:
    once = fold_option(text)

    assert fold_option(once) == once
    assert fold_option(unicodedata.normalize("NFD", text)) == once
    assert fold_option(f" {text}\u00a0") == once
