"""JSON with its types: no value passes for another type, and errors name only paths."""

from collections.abc import Callable

import pytest

from domain.errors import SaleInvalidError
from storefronts.document import Member, read_document

BODY = (
    b'{"null": null, "no": false, "empty": "", "list": [], "text": "x", "number": 12,'
    b' "float": 1.0, "object": {"inner": [{"id": 7}, {"id": "seven"}]}}'
)


def read(name: str) -> Member:
    return read_document(BODY)[name]


def test_five_kinds_of_nothing_differ() -> None:
    assert read("null").is_null()
    assert not read("no").flag()
    assert read("empty").text() == ""
    assert read("list").items() == []
    assert read("absent").is_missing()
    assert not any(read(name).is_missing() for name in ("null", "no", "empty", "list"))
    assert not any(read(name).is_null() for name in ("absent", "no", "empty", "list"))


def test_id_is_a_text_whether_the_shop_gives_a_number_or_a_text() -> None:
    inner = read("object")["inner"].items()
    assert [each["id"].identifier() for each in inner] == ["7", "seven"]


@pytest.mark.parametrize("name", ["null", "absent"])
def test_optional_member_is_none_where_it_is_null_or_missing(name: str) -> None:
    assert read(name).text_or_none() is None
    assert read(name).identifier_or_none() is None
    assert read(name)["further"]["inside"].is_missing()


@pytest.mark.parametrize(
    ("ask", "what"),
    [
        (lambda: read("null").text(), "null must be a text"),
        (lambda: read("number").text(), "number must be a text"),
        (lambda: read("text").flag(), "text must be true or false"),
        (lambda: read("null").flag(), "null must be true or false"),
        (lambda: read("no").whole_number(0, 9), "no must be a whole number"),
        (lambda: read("empty").whole_number(0, 9), "empty must be a whole number"),
        (lambda: read("float").whole_number(0, 9), "float must be a whole number from 0 to 9"),
        (lambda: read("number").whole_number(0, 9), "number must be a whole number from 0 to 9"),
        (lambda: read("text").items(), "text must be a list"),
        (lambda: read("list")["inner"], "list must be an object"),
        (read("object")["inner"].items()[0]["x"].text, "object.inner[0].x must be a text"),
        (lambda: read("empty").identifier(), "empty is missing"),
    ],
)
def test_value_of_another_type_is_refused_by_its_path(ask: Callable[[], object], what: str) -> None:
    with pytest.raises(SaleInvalidError, match=r".") as raised:
        ask()
    assert what in raised.value.sentence


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"", "its body is empty"),
        (b"[]", "its JSON is no object"),
        (b"{", "its body is not JSON"),
        (b"\xff{}", "its body is not JSON"),
        (b'{"a":' * 30 + b"1" + b"}" * 30, "nested deeper than 20 levels"),
        (b'{"a": [' + b"1," * 10_001 + b"1]}", "more than 10000 fields"),
        (b'{"' + b"n" * 1_001 + b'": 1}', "a field's name is too long"),
    ],
)
def test_limits_end_in_a_sentence(body: bytes, what: str) -> None:
    with pytest.raises(SaleInvalidError) as raised:
        read_document(body)
    assert what in raised.value.sentence


def test_member_given_twice_must_be_the_same() -> None:
    assert read_document(b'{"a": 1, "a": 1}')["a"].identifier() == "1"
    with pytest.raises(SaleInvalidError, match="a is given twice with different values"):
        read_document(b'{"a": 1, "a": 2}')["a"]


@pytest.mark.parametrize("text", [b'"a\\u0000"', b'"\\ud800"'])
def test_text_that_no_database_takes_is_refused(text: bytes) -> None:
    with pytest.raises(SaleInvalidError, match="a must be a text that can be stored"):
        read_document(b'{"a": ' + text + b"}")["a"].text()
