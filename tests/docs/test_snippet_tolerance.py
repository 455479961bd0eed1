"""The snippets judge every pasted key and token as `mintpost verify` does."""

import base64
import quopri
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from licensing.keys import MistypedKeyError, parse_key
from licensing.signing import Signer
from licensing.tokens import TokenInvalidError, verify_token
from tests.docs.building import RefusedError
from tests.docs.conftest import KeyChecks, KeySet, Reader
from tests.docs.test_snippets import LICENSE

KEY = "KEY4-4EYT-PWQD-79XH-3MRA-CJGF-9VNN"
BARE = KEY.replace("-", "")
OUTLOOK_S_HYPHENS = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u00ad"
MORE_HYPHENS = "\u02d7\u2043\u2053\u207b\u208b\u2796\u30fc\uff70\ufe58\ufe63\uff0d"
BLANKS = " \t\n\r\v\f\x1c\x1f\x85\u00a0\u2003\u2028\u2029\u202f\u3000"
QUOTES = ('""', "''", "``", "\u201c\u201d", "\u201e\u201c", "\u201a\u2018", "\u00ab\u00bb")
INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u202e\u2060\ufeff\U000e0001"

GOOD_KEYS = (
    KEY.lower(),
    f"\ufeff  {KEY}\r\n",
    f"{KEY[:17]}\r\n{KEY[17:]}",
    *(f"{pair[0]}{KEY}{pair[1]}" for pair in QUOTES),
    "".join(chr(ord(letter) + 0xFEE0) for letter in BARE.lower()),
    *(KEY.replace("-", mark) for mark in OUTLOOK_S_HYPHENS + MORE_HYPHENS + BLANKS + INVISIBLE),
)
BAD_KEYS = (
    "",
    KEY[:-1],
    f"{KEY}A",
    f"{KEY}.",
    f"{KEY}\0",
    KEY.replace("K", "k\u0301"),
    BARE.replace("3", "\u0663"),  # the same digit in Arabic
    BARE.replace("A", "\u0410"),  # a letter of Russian that looks the same
    BARE[:4] + "\ufb00" + BARE[6:],  # the ligature of two letters
    f"CC{BARE}"[:26] + "\ufb00",  # 28 characters once in upper case
    KEY.replace("F", "\U0001d405"),
)

PASTED: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "a file that an editor saved": lambda token: f"\ufeff{token}\r\n",
    "that file, read in Windows' own encoding": lambda token: f"\u00ef\u00bb\u00bf{token}\n",
    "wrapped by a mail program": lambda token: "\r\n".join(_pieces(token, 76)),
    "indented and wrapped": lambda token: "\n\t  ".join(_pieces(token, 40)),
    "quoted in an answer": lambda token: "".join(f"> {piece}\n" for piece in _pieces(token, 70)),
    "a mail's source": lambda token: quopri.encodestring(token.encode()).decode(),
    "with blanks": lambda token: "\u00a0 ".join(_pieces(token, 3)),
    "with invisible characters": lambda token: "\u200b".join(_pieces(token, 9)),
    "with NULs": "\0".join,
    "in quotes": lambda token: f"\u201c{token}\u201d",
}


def _pieces(text: str, length: int) -> list[str]:
    return [text[at : at + length] for at in range(0, len(text), length)]


def _verify_takes(key: str) -> bool:
    try:
        parse_key(key)
    except MistypedKeyError:
        return False
    return True


def _reads(read: Reader, token: str, keys: KeySet) -> bool:
    try:
        read(token, keys)
    except RefusedError:
        return False
    return True


def _verify_reads(token: str, signer: Signer) -> bool:
    try:
        return verify_token(token, [signer.public_key], datetime.now(UTC)).holds
    except TokenInvalidError:
        return False


def test_verify_judges_the_keys_as_this_table_does() -> None:
    assert [key for key in GOOD_KEYS if not _verify_takes(key)] == []
    assert [key for key in BAD_KEYS if _verify_takes(key)] == []


def test_a_key_is_judged_as_by_verify_however_it_was_pasted(well_formed: KeyChecks) -> None:
    keys = [*GOOD_KEYS, *BAD_KEYS]
    verdicts = dict(zip(keys, well_formed(keys), strict=True))

    assert [key for key in GOOD_KEYS if not verdicts[key]] == []
    assert [key for key in BAD_KEYS if verdicts[key]] == []


def test_every_character_of_unicode_is_taken_or_refused_in_a_key_as_by_verify(
    well_formed: KeyChecks,
) -> None:
    # Not those that a language's own version of Unicode may know or not.
    characters = [chr(code) for code in range(0x3400) if chr(code).isprintable() or code < 0xA1]
    keys = [f"{KEY[:7]}{character}{KEY[7:]}" for character in characters]
    taken = [key for key, good in zip(keys, well_formed(keys), strict=True) if good]

    assert taken == [key for key in keys if _verify_takes(key)]


@pytest.mark.parametrize("pasted", PASTED.values(), ids=PASTED)
def test_a_token_is_read_however_it_was_pasted(
    read: Reader, signer: Signer, keys: KeySet, pasted: Callable[[str], str]
) -> None:
    token = pasted(signer.sign(LICENSE))

    assert read(token, keys)["key"] == LICENSE.key
    assert _verify_reads(token, signer)


@pytest.mark.parametrize("ahead", [timedelta(minutes=10), timedelta(days=3650)])
def test_a_clock_that_is_behind_takes_a_license(
    read: Reader, signer: Signer, keys: KeySet, ahead: timedelta
) -> None:
    issued = LICENSE.issued_at + ahead
    token = signer.sign(replace(LICENSE, issued_at=issued, expires_at=issued + timedelta(days=1)))

    assert _verify_reads(token, signer)
    assert read(token, keys)["jti"] == "12"


def _damaged(signer: Signer) -> dict[str, str]:
    ended = LICENSE.issued_at - timedelta(days=1)
    token = signer.sign(LICENSE)
    head, claims, signature = token.split(".")
    more_seats = signer.sign(replace(LICENSE, seats=1000)).split(".")[1]
    return {
        "it has ended": signer.sign(replace(LICENSE, expires_at=ended)),
        "it has ended, by a clock that was ahead": signer.sign(
            replace(LICENSE, issued_at=LICENSE.issued_at + timedelta(days=9), expires_at=ended)
        ),
        "cut off": token[:-4],
        "its middle is lost": token[:150] + token[160:],
        "changed": f"{head}.{more_seats}.{signature}",
        "without a signature": f"{head}.{claims}.",
        "without algorithm": f"{_encoded(b'{}')}.{claims}.{signature}",
        "twice": f"{token}\n{token}",
        "twice, with a dot": f"{token}.{token}",
        "a key": LICENSE.key,
        "nothing": "",
        "dots": "..",
        "no JSON": f"{_encoded(b'no')}.{_encoded(b'no')}.{_encoded(b'no')}",
    }


def _encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).decode().rstrip("=")


def test_what_verify_refuses_is_refused(read: Reader, signer: Signer, keys: KeySet) -> None:
    for why, token in _damaged(signer).items():
        assert not _verify_reads(token, signer), why
        assert not _reads(read, token, keys), why


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(place=st.integers(0), filler=st.text(st.characters(exclude_categories=("L", "N", "Cs"))))
def test_whatever_stands_between_a_token_s_characters_is_skipped(
    signer: Signer, place: int, filler: str
) -> None:
    token = signer.sign(LICENSE)
    at = place % len(token)
    harmless = "".join(mark for mark in filler if mark not in "._-")

    assert _verify_reads(token[:at] + harmless + token[at:], signer)
