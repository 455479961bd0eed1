"""A signature proves a body, with one of several secrets, within the tolerance."""

import hmac
from datetime import UTC, datetime, timedelta

import pytest

from kit.doors.base import Envelope
from kit.doors.labeled_secrets import LabeledSecret, MatchedSecret
from kit.doors.signatures import MOST_OFFERED, TOLERANCE, Signature, from_base64, from_hex
from tests.support.signing_shop import LIVE, NEXT, SECRETS, TEST, SigningShop, signed

NOW = datetime(2026, 9, 1, 12, 0, 6, tzinfo=UTC)
BODY = b'{"id": "evt_1", "name": "Jos\xc3\xa9"}'
SECOND = timedelta(seconds=1)


def screened(text: str, at: datetime = NOW) -> Signature | None:
    return SigningShop().screen(Envelope((("x-signature", text),), ""), at)


def verified(text: str, body: bytes = BODY) -> MatchedSecret | None:
    signature = screened(text)
    return None if signature is None else signature.verify(body)


@pytest.mark.parametrize(
    ("secret", "matched"),
    [
        (LIVE, MatchedSecret(0, "live")),
        (NEXT, MatchedSecret(1, "live")),
        (TEST, MatchedSecret(2, "test")),
    ],
)
def test_the_answer_is_the_secret_that_signed_with_its_label(
    secret: str, matched: MatchedSecret
) -> None:
    assert verified(signed(BODY, NOW, secret)) == matched


def test_any_of_several_signatures_may_match() -> None:
    assert verified(signed(BODY, NOW, "an old secret", TEST)) == MatchedSecret(2, "test")


@pytest.mark.parametrize("body", [BODY + b" ", BODY[:-1], b"", BODY.replace(b"1", b"2")])
def test_another_body_is_not_proven(body: bytes) -> None:
    assert verified(signed(BODY, NOW, LIVE), body) is None


def test_a_part_of_a_secret_with_a_comma_signs_nothing() -> None:
    assert verified(signed(BODY, NOW, LIVE.partition(",")[0])) is None


def test_the_time_is_signed() -> None:
    older = signed(BODY, NOW - SECOND, LIVE).partition(",")[2]
    assert verified(f"{int(NOW.timestamp())},{older}") is None


@pytest.mark.parametrize("away", [TOLERANCE, -TOLERANCE, timedelta()])
def test_a_clock_may_differ_by_the_tolerance(away: timedelta) -> None:
    assert screened(signed(BODY, NOW, LIVE), NOW.replace(microsecond=0) + away) is not None


@pytest.mark.parametrize("away", [TOLERANCE + SECOND, -TOLERANCE - SECOND])
def test_a_time_beyond_the_tolerance_is_a_strangers(away: timedelta) -> None:
    assert screened(signed(BODY, NOW, LIVE), NOW + away) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        ",",
        "now,",
        "1788264006",
        f"{10**400},{'a' * 64}",
        f"\uff11788264006,{'a' * 64}",
        "-1,aa",
    ],
)
def test_a_malformed_header_is_a_strangers(text: str) -> None:
    assert screened(text) is None


def test_a_header_that_stands_there_twice_is_a_strangers() -> None:
    twice = (("x-signature", signed(BODY, NOW, LIVE)),) * 2
    assert SigningShop().screen(Envelope(twice, ""), NOW) is None


@pytest.mark.parametrize("text", ["", "a" * 63, "a" * 66, "g" * 64, "ä" * 64, " " + "a" * 63])
def test_a_malformed_digest_is_left_out(text: str) -> None:
    assert from_hex([text]) == ()
    assert from_base64([text]) == ()


def test_no_more_digests_than_a_shop_sends_are_compared() -> None:
    assert len(from_hex(["a" * 64] * 1000)) == MOST_OFFERED
    assert from_base64(["qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqo="]) == (b"\xaa" * 32,)


def test_an_empty_secret_signs_nothing() -> None:
    header = Envelope((("x-signature", signed(BODY, NOW, "")),), "")
    signature = SigningShop([LabeledSecret("")]).screen(header, NOW)
    assert signature is not None
    assert signature.verify(BODY) is None


@pytest.mark.parametrize("secret", [LIVE, TEST, "nobody's"])
def test_every_secret_is_compared_by_hmac_whichever_matches(
    secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: set[bytes] = set()
    compare = hmac.compare_digest

    def watched(own: bytes, other: bytes) -> bool:
        compared.add(own)
        return compare(own, other)

    monkeypatch.setattr(hmac, "compare_digest", watched)
    verified(signed(BODY, NOW, secret))
    assert len(compared) == len(SECRETS)


def test_no_secret_stands_in_a_repr() -> None:
    shown = f"{SECRETS}{screened(signed(BODY, NOW, LIVE))!r}"
    assert LIVE not in shown
    assert TEST not in shown
