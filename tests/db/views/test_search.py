"""`find` gives the same results in both databases, for every part of a complaint."""

import unicodedata
from dataclasses import replace
from typing import Literal

import pytest
from hypothesis import example, given, strategies as st

from db.engine import Database
from db.further_keys import add_further_key
from db.views.search import find_sales
from domain.license import License
from domain.search_text import fold
from licensing.keys import new_key, normalize
from tests.db.rows import BUYER, NOON, mint, sale_of

NUMBER = "252197085"
Form = Literal["NFC", "NFD", "NFKC", "NFKD"]
forms: st.SearchStrategy[Form] = st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"])
texts = st.text(st.characters(codec="utf-8", exclude_characters="\u00b4\u1ffd\u2033\u2036"))
"""Without the four quotes that another form takes apart, so that no fold sees a quote."""
ORDER = "-Zx_91kQ2mTTq8oGd3VbAw=="


def sold(
    database: Database, name: str = "Ada Buyer", email: str = BUYER, giver: str | None = None
) -> License:
    sale = replace(sale_of(ORDER), order_number=NUMBER, name=name, email=email, giver=giver)
    return database.write_here(mint, sale, new_key()).license


def finds(database: Database, text: str) -> bool:
    key = normalize(text).replace("-", "")
    return bool(database.read_here(find_sales, text, key, 10))


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("JOSÉ ÁLVAREZ", "josé álvarez"),
        ("José Álvarez", "JOSE ALVAREZ"),
        ("Jose\u0301 Alvarez", "josé"),
        ("José", "Jose\u0301"),
        ("Łukasz Żółć", "łukasz żółć"),
        ("Łukasz Żółć", "lukasz zolc"),
        ("Straße", "STRASSE"),
        ("STRASSE", "straße"),
        ("İstanbul Isparta", "istanbul \u0131sparta"),
        ("ΟΔΥΣΣΕΥΣ", "οδυσσευς"),
        ("οδυσσεύς", "ΟΔΥΣΣΕΥΣ"),
        ("Дарья ПЕТРОВА", "дарья петрова"),
        ("\uff26\uff55\uff4c\uff4c", "full"),
        ("Sean O\u2019Neil", "o'neil"),
        ("Ada  Lovelace", "ada lovelace"),
        ("Ada\u00a0Lovelace", "ada lovelace"),
        ("Ada Lovelace", "ada\u00a0 lovelace"),
        ("Jean\u2010Luc", "jean-luc"),
        ("Søren Ærø", "soren aero"),
        ("Ada\u200b Buyer", "ada buyer"),
        ("李雷", "李"),
        ("100% Ada_Buyer", "0% ada_b"),
    ],
)
def test_a_name_is_found_however_it_is_written(database: Database, name: str, typed: str) -> None:
    sold(database, name=name)
    assert finds(database, typed)


@pytest.mark.parametrize("typed", ["%", "_", "ada%b", "a_a", "\u0301", "\u200b", " ", "", "nobody"])
def test_what_is_in_no_name_finds_nothing(database: Database, typed: str) -> None:
    sold(database, name="Ada Buyer", email="buyer@example.com")
    assert not finds(database, typed)


@pytest.mark.parametrize("typed", ["josé@exämple.com", "JOSE@EXAMPLE", "José@Exa\u0308mple.com"])
def test_an_address_beyond_ascii_is_found(database: Database, typed: str) -> None:
    sold(database, email="JOSÉ@exämple.com")
    assert finds(database, typed)


def test_a_giver_is_found_by_name_and_by_address(database: Database) -> None:
    sold(database, giver="Généreuse Gifter gifter@example.com")
    assert all(finds(database, typed) for typed in ["genereuse", "GIFTER@EXAMPLE.COM", "euse gif"])


def test_a_number_an_id_and_a_key_are_found_however_they_are_pasted(database: Database) -> None:
    key = sold(database).key
    spellings = [key, key.lower(), key.replace("-", " "), key.replace("-", "\u2011"), key[:9]]
    names = [NUMBER, f"#{NUMBER}", f"\u202a{NUMBER}\u202c", ORDER, f"gumroad:{ORDER}"]
    for typed in [*spellings, *names]:
        assert finds(database, typed), typed
    for typed in ["25219708", ORDER.swapcase(), f"elsewhere:{ORDER}", key[:3]]:
        assert not finds(database, typed), typed


def test_license_is_found_by_a_further_key_or_a_part_of_it(database: Database) -> None:
    license_ = sold(database)
    database.write_here(add_further_key, license_.id, None, "9F86D081-884C_65", NOON)
    for typed in ["9F86D081-884C_65", "9f86 d081 884c_65", "86d0\u20118188"]:
        assert finds(database, typed), typed
    for typed in ["9F8", "884Cx65", "9F86D082"]:
        assert not finds(database, typed), typed


@given(texts, texts, forms)
@example("\u1f80", "", "NFD")
def test_neither_case_nor_encoding_matters(one: str, other: str, form: Form) -> None:
    text = f"{one}{other}"
    assert fold(fold(text)) == fold(text)
    assert fold(unicodedata.normalize(form, text)) == fold(text)


@given(st.text(st.characters(max_codepoint=127)))
def test_ascii_is_folded_as_a_database_does(text: str) -> None:
    assert fold(text) == " ".join(text.lower().split())
