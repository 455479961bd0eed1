"""An address is found in forms, JSON and mails, and never as a part of another address."""

import json
from urllib.parse import urlencode

import pytest

from domain.mentions import Mentions

ADA = Mentions("ada.b+shop@example.com")


@pytest.mark.parametrize(
    "content",
    [
        b"ada.b+shop@example.com",
        b"To: Ada <ADA.B+shop@Example.com>\r\n",
        b"email=ada.b%2Bshop%40example.com&price=2900",
        b"next=https%3A%2F%2Fx.example%2F%3Fto%3Dada.b%252Bshop%40example.com&e=ada.b%2bshop%40example.com",
        b'{"email": "ada.b\\u002bshop\\u0040example.com"}',
        b'{"note": "hello\\nada.b+shop@example.com\\n"}',
        b"\xff\xfe ada.b+shop@example.com.",
    ],
)
def test_an_address_is_found_in_any_spelling(content: bytes) -> None:
    assert ADA.is_in_bytes(content)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"lada.b+shop@example.com",
        b"x.ada.b+shop@example.com",
        b"ada.b+shop@example.com.au",
        b"ada.b+shop@example.community",
        b"adaxb+shop@example.com",
        b"email=nada.b%2Bshop%40example.com",
    ],
)
def test_another_address_is_not_taken_for_it(content: bytes) -> None:
    assert not ADA.is_in_bytes(content)


def test_an_address_in_another_script_is_found_where_json_escapes_it() -> None:
    assert Mentions("ada@müller.example").is_in_bytes(b'{"to": "ada@m\\u00fcller.example"}')


@pytest.mark.parametrize("address", ["ada@müller.example", "😀@example.com", "\u0130x@example.com"])
def test_an_address_is_found_in_json_within_a_form_and_within_json(address: str) -> None:
    document = json.dumps({"email": address})
    for content in (document, urlencode({"fields": document}), json.dumps({"fields": document})):
        assert Mentions(address).is_in_bytes(content.encode())
    assert Mentions(address).is_in_bytes(urlencode({"email": address}).encode())


def test_an_accent_is_found_in_both_of_its_encodings() -> None:
    for address in ("jos\u00e9@example.com", "jose\u0301@example.com"):
        assert Mentions(address).is_address("Jos\u00c9@example.com")
        assert Mentions(address).is_address("JOSE\u0301@example.com")


@pytest.mark.parametrize("text", [None, "", "ada@example.com"])
def test_no_address_is_nobodys(text: str | None) -> None:
    assert not ADA.is_address(text)
    assert not ADA.is_in(text)


@pytest.mark.parametrize("text", ["", " ", "@", "ada", "ada@", "@example.com", "a b@example.com"])
def test_a_part_of_an_address_is_refused_because_it_is_in_many_peoples_rows(text: str) -> None:
    with pytest.raises(ValueError, match="no whole address"):
        Mentions(text)
