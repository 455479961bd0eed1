"""A secret is found in a header, in any spelling of a proxy or a library."""

import base64
import html
import json
import time
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, strategies as st

from kit.doors.spellings import HiddenSecrets

SECRET = "Kor/rect+horse-Batt_ery 27é&stäple"
RAW = SECRET.encode()


def fully_quoted(text: str) -> str:
    return "".join(f"%{byte:02x}" for byte in text.encode())


def base64_of(before: bytes = b"", *, urlsafe: bool = False, padded: bool = True) -> str:
    encode = base64.urlsafe_b64encode if urlsafe else base64.b64encode
    told = encode(before + RAW).decode()
    return told if padded else told.rstrip("=")


def many_times(encode: Callable[[str], str], times: int) -> str:
    told = SECRET
    for _ in range(times):
        told = encode(told)
    return told


SPELLINGS = {
    "raw": SECRET.encode().decode("latin-1"),
    "latin-1": SECRET,
    "lower-case": SECRET.lower().encode().decode("latin-1"),
    "percent": quote(SECRET, safe=""),
    "percent-in-part": quote(SECRET[:9]).replace("o", "%6F")
    + SECRET[9:].encode().decode("latin-1"),
    "percent-whole-lower": fully_quoted(SECRET),
    "percent-whole-upper": fully_quoted(SECRET).upper(),
    "percent-of-latin-1": quote(SECRET.encode("latin-1"), safe=""),
    "percent-twice": many_times(lambda text: quote(text, safe=""), 2),
    "percent-five-times": many_times(lambda text: quote(text, safe=""), 5),
    "plus-for-blank": quote_plus(SECRET),
    "percent-u": "".join(f"%u{ord(character):04X}" for character in SECRET),
    "base64": base64_of(),
    "base64-of-a-user": base64_of(b"any:"),
    "base64-second-alignment": base64_of(b"a:"),
    "base64-third-alignment": base64_of(b"ab:"),
    "base64-urlsafe-unpadded": base64_of(b"an:", urlsafe=True, padded=False),
    "base64-within-a-word": f"id-{base64_of(b'any:', padded=False)}zz/and/more",
    "base64-percent": quote(base64_of(b"any:"), safe=""),
    "base64-twice": base64.b64encode(base64_of().encode()).decode(),
    "base64-of-percent": base64.b64encode(quote(SECRET).encode()).decode(),
    "base64-of-utf-16": base64.b64encode(SECRET.encode("utf-16")).decode(),
    "base64-wrapped": base64.encodebytes(RAW * 3).decode().replace("\n", "\r\n "),
    "encoded-word-b": f"=?utf-8?B?{base64_of()}?=",
    "encoded-word-q": "=?utf-8?q?" + "".join(f"={byte:02X}" for byte in RAW) + "?=",
    "hex": RAW.hex(),
    "hex-after-a-digit": f"a{RAW.hex().upper()}",
    "hex-with-colons": RAW.hex(":"),
    "html": html.escape(SECRET).encode().decode("latin-1"),
    "html-decimal": "".join(f"&#{ord(character)};" for character in SECRET),
    "html-hexadecimal": "".join(f"&#x{ord(character):x};" for character in SECRET),
    "json": json.dumps(SECRET),
    "json-all": "".join(f"\\u{ord(character):04x}" for character in SECRET),
    "json-with-slash": json.dumps(SECRET).replace("/", "\\/"),
    "userinfo": f"https://any:{quote(SECRET)}@shop.example/webhooks/gumroad",
}
HARMLESS = (
    *("", "Gumroad", "17", "application/x-www-form-urlencoded", "gzip, deflate"),
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    *("%", "%zz&#;\\u=", "&#xD800;", "\\uD83D", "%uD800", "=?=?=", "a" * 8000, "%25" * 2500),
)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_secret_is_found_in_every_spelling(spelling: str) -> None:
    hidden = HiddenSecrets(["another-secret-that-is-older", SECRET])
    assert hidden.stand_in(SPELLINGS[spelling])
    assert hidden.stand_in(f"before;{SPELLINGS[spelling]};after")


@pytest.mark.parametrize(
    "secret", ["S3cret%41&x-1234567", "a&amp;b\\u0041c%2541-12345", "%u0041&lt;" * 4]
)
@pytest.mark.parametrize(
    "write",
    [
        *(str, html.escape, quote, lambda text: text.replace("/", "\\/"), json.dumps, fully_quoted),
        lambda text: base64.b64encode(html.escape(text).encode()).decode(),
    ],
    ids=["raw", "html", "percent", "slashes", "json", "percent-whole", "base64-of-html"],
)
def test_a_secret_with_escapes_of_its_own_is_found(
    secret: str, write: Callable[[str], str]
) -> None:
    assert HiddenSecrets([secret]).stand_in(write(secret))


@pytest.mark.parametrize("text", HARMLESS, ids=range(len(HARMLESS)))
def test_what_holds_no_secret_is_told_so(text: str) -> None:
    assert not HiddenSecrets([SECRET]).stand_in(text)


def test_without_a_secret_nothing_holds_one() -> None:
    assert not HiddenSecrets([]).stand_in("anything")


@given(st.text(st.characters(codec="latin-1"), max_size=60))
def test_no_text_breaks_the_search(text: str) -> None:
    assert not HiddenSecrets([SECRET]).stand_in(text)


@given(
    st.text(st.sampled_from("aB3-_+/=%& é"), min_size=16, max_size=40).map(str.strip),
    st.binary(max_size=5),
)
def test_any_secret_is_found_in_the_spellings_of_a_url(secret: str, before: bytes) -> None:
    hidden = HiddenSecrets([secret])
    assert hidden.stand_in(quote(secret, safe=""))
    assert hidden.stand_in(base64.b64encode(before + secret.encode()).decode())


@pytest.mark.parametrize("alphabet", ["ABCabc0123/+-_", "0123456789abcdef", "%&#;x\\u=5A2"])
def test_a_long_header_costs_little(alphabet: str) -> None:
    text = "".join(alphabet[number * number * 7919 % len(alphabet)] for number in range(8000))
    begun = time.process_time()
    HiddenSecrets([SECRET]).stand_in(text)
    assert time.process_time() - begun < 1
