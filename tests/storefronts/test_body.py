"""Any bytes become named texts, or an error."""

import json
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given, strategies as st

from domain.errors import SaleInvalidError
from storefronts.body import FORM, JSON, MOST_FIELDS, percent_decoded, read_body


def sentence(content_type: str, body: bytes) -> str:
    with pytest.raises(SaleInvalidError) as raised:
        read_body(content_type, body)
    before, _, after = SaleInvalidError("WHAT").sentence.partition("WHAT")
    return raised.value.sentence.removeprefix(before).removesuffix(after)


@pytest.mark.parametrize(
    ("body", "pairs"),
    [
        (b"a=1&b=2&a=3", (("a", "1"), ("b", "2"), ("a", "3"))),
        (b"card%5Bvisual%5D=%2A%2A%20%2A", (("card[visual]", "** *"),)),
        (b"card[visual]=a+b%2Bc", (("card[visual]", "a b+c"),)),
        (b"x%5B%255B%5D=%255B", (("x[%5B]", "%5B"),)),
        (b"empty=&bare&&=nameless", (("empty", ""), ("bare", ""), ("", "nameless"))),
        (b"a=b=c;d\n", (("a", "b=c;d"),)),
        ("ключ=значение".encode(), (("ключ", "значение"),)),
        (b"a=%FF%C3%A9&b=%00", (("a", "\udcffé"), ("b", "\x00"))),
        (b"a=%zz%", (("a", "%zz%"),)),
    ],
)
def test_a_form_is_read_in_its_order(body: bytes, pairs: tuple[tuple[str, str], ...]) -> None:
    assert read_body(FORM, body).pairs == pairs


@pytest.mark.parametrize(
    ("document", "pairs"),
    [
        ('{"a": "1", "b": 2, "a": true}', (("a", "1"), ("b", "2"), ("a", "true"))),
        (
            '{"a": null, "b": false, "c": 0, "d": -1.50}',
            (("a", ""), ("b", "false"), ("c", "0"), ("d", "-1.50")),
        ),
        (
            '{"card": {"visual": "*", "type": {"x": 1}}}',
            (("card[visual]", "*"), ("card[type][x]", "1")),
        ),
        ('{"ids": ["a", "b"], "none": []}', (("ids[]", "a"), ("ids[]", "b"))),
        (
            '{"x": {"a[b]": 1}, "card[type]": "visa"}',
            (("x[a%5Bb%5D]", "1"), ("card[type]", "visa")),
        ),
        ('{"a": NaN, "b": -Infinity}', (("a", "NaN"), ("b", "-Infinity"))),
        ('{"a": "\\ud800"}', (("a", "\ud800"),)),
        ('\ufeff{"a": "\\ud83e\\udd84"}', (("a", "🦄"),)),
    ],
)
def test_json_is_flattened_to_the_forms_names(
    document: str, pairs: tuple[tuple[str, str], ...]
) -> None:
    assert read_body(JSON, document.encode()).pairs == pairs


def test_a_number_of_any_length_keeps_its_digits() -> None:
    digits = "1" + "0" * 5000

    assert read_body(JSON, f'{{"price": {digits}}}'.encode()).value("price") == digits


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/x-www-form-urlencoded", b"a=\xc3\xa9"),
        ("Application/X-WWW-Form-URLencoded; Charset=UTF-8", b"a=%C3%A9"),
        ('application/x-www-form-urlencoded;boundary=x; charset="utf-8"', b"a=%C3%A9"),
        ("application/x-www-form-urlencoded; charset=iso-8859-1", b"a=%E9"),
        ("application/json; charset=windows-1252", b'{"a": "\xe9"}'),
        ("", b"a=%C3%A9"),
        ("", b'\n {"a": "\xc3\xa9"}'),
        ("", b'\xef\xbb\xbf{"a": "\xc3\xa9"}'),
        ("; charset=utf-8", b'{"a": "\xc3\xa9"}'),
    ],
)
def test_the_content_type_tells_how_to_read_and_without_it_the_body(
    content_type: str, body: bytes
) -> None:
    assert read_body(content_type, body).value("a") == "é"


BOTH = "it must be application/x-www-form-urlencoded or application/json"


@pytest.mark.parametrize(
    ("content_type", "body", "what"),
    [
        (FORM, b" \n", f"its body is empty; {BOTH}"),
        (
            "multipart/form-data; boundary=x",
            b"--x",
            f'its content type "multipart/form-data" cannot be read; {BOTH}',
        ),
        ("text/plain", b"a=1", f'its content type "text/plain" cannot be read; {BOTH}'),
        ("ada@example.com", b"a=1", f"its content type cannot be read; {BOTH}"),
        (f"{FORM}; charset=klingon", b"a=1", 'its charset "klingon" is unknown; it must be utf-8'),
        (f"{FORM}; charset=a\x00b", b"a=1", "its charset is unknown; it must be utf-8"),
        (f"{FORM}; charset=hex", b"a=1", 'its charset "hex" is unknown; it must be utf-8'),
        (f"{FORM}; charset=", b"a=1", "its charset is unknown; it must be utf-8"),
        (JSON, b"a=1", "its body says it is JSON and is not; it must be valid"),
        (JSON, b'{"a": 1', "its body says it is JSON and is not; it must be valid"),
        (JSON, b"[1]", "its JSON is no object; it must be one, as in {…}"),
        (JSON, b"[" * 20_000, "its JSON is nested deeper than 20 levels"),
        (JSON, b'{"a":' * 20_000, "its JSON is nested deeper than 20 levels"),
        (JSON, b'{"a":' * 21 + b"1" + b"}" * 21, "its JSON is nested deeper than 20 levels"),
        (
            FORM,
            b"a" + b"[b]" * 5000,
            "a field's name is too long; it must be at most 1000 characters",
        ),
        (FORM, b"&".join([b"a"] * 10_001), "its body has more than 10000 fields"),
        (JSON, json.dumps({"a": [1] * 10_001}).encode(), "its body has more than 10000 fields"),
        (
            JSON,
            json.dumps({"a" * 999: [1] * 10_000}).encode(),
            "a field's name is too long; it must be at most 1000 characters",
        ),
    ],
)
def test_a_body_that_cannot_be_read_ends_in_a_sentence(
    content_type: str, body: bytes, what: str
) -> None:
    assert sentence(content_type, body) == what


def test_as_many_fields_as_allowed_are_read() -> None:
    body = b"&".join(b"variants[%d]=x" % number for number in range(MOST_FIELDS))

    assert len(read_body(FORM, body).group("variants")) == MOST_FIELDS


def test_json_as_deep_as_allowed_is_read() -> None:
    body = b'{"a":' * 20 + b"1" + b"}" * 20

    assert read_body(JSON, body).value("a" + "[a]" * 19) == "1"


def test_a_group_is_what_its_brackets_hold() -> None:
    fields = read_body(FORM, b"v[a]=1&v[b%255Bc%255D]=2&v[a]=1&vv[x]=3&v=4")

    assert fields.group("v") == (("a", "1"), ("b[c]", "2"))


def test_names_in_a_group_may_repeat_with_different_values() -> None:
    fields = read_body(FORM, b"custom_fields[email][]=1&custom_fields[email][]=2")

    assert fields.names_in("custom_fields") == {"email"}


@pytest.mark.parametrize("body", [b"a=1&a=2", b'{"a": 1, "a": 2}', b"a=1&a="])
def test_a_field_given_twice_differently_is_refused_when_it_is_asked_for(body: bytes) -> None:
    with pytest.raises(SaleInvalidError, match="a is given twice with different values"):
        read_body("", body).value("a")


@pytest.mark.parametrize("body", [b"a=1&a=1", b'{"a": 1, "a": "1"}'])
def test_a_field_given_twice_alike_is_one(body: bytes) -> None:
    assert read_body("", body).value("a") == "1"


@given(st.lists(st.sampled_from([b"%", b"4", b"a", b"F", b"g", b"%41", b"\xff"])).map(b"".join))
def test_escapes_are_decoded_as_the_standard_library_does(raw: bytes) -> None:
    assert percent_decoded(raw) == unquote_to_bytes(raw)
