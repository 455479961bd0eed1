"""Polar's signatures: the two readings of a secret, and the causes of refusals."""

import base64
import hmac
import json
from datetime import UTC, datetime

import pytest

from kit.doors.base import Envelope
from kit.doors.labeled_secrets import LabeledSecret, MatchedSecret
from kit.doors.signatures import Signature
from storefronts.polar.keys import keys_in, own_key
from storefronts.polar.storefront import Polar
from tests.storefronts.polar.recorded import DATA, headers

SECRETS: dict[str, str] = json.loads((DATA / "secrets.json").read_text())


def envelope(given: dict[str, str]) -> Envelope:
    return Envelope(tuple((name.lower(), text) for name, text in given.items()), "")


def matched(
    secrets: list[LabeledSecret], given: dict[str, str], now: float, content: bytes
) -> MatchedSecret | None:
    signature = Polar(secrets).screen(envelope(given), datetime.fromtimestamp(now, UTC))
    return signature.verify(content) if isinstance(signature, Signature) else None


def test_a_secret_has_a_second_reading_only_if_it_is_base64_after_its_prefix() -> None:
    decoded = base64.b64decode(SECRETS["live_standard"].removeprefix("whsec_"))
    assert keys_in(SECRETS["live_standard"]) == (SECRETS["live_standard"].encode(), decoded)
    for secret in (SECRETS["live"], SECRETS["own_words"], "polar_whs_AAAA", "whsec_a=b", "whsec_é"):
        assert keys_in(secret) == (secret.encode(),)


def test_an_empty_key_signs_nothing() -> None:
    """The part after the prefix is empty base64, and anybody can sign with no key."""
    given = {"webhook-id": "a", "webhook-timestamp": "1762074869"}
    forged = hmac.digest(b"", b"a.1762074869.{}", "sha256")
    given |= {"webhook-signature": f"v1,{base64.b64encode(forged).decode()}"}

    for secret in ("", "whsec_"):
        assert matched([LabeledSecret(secret)], given, 1762074869, b"{}") is None


@pytest.mark.parametrize(
    ("name", "key"), [("live_standard", 32), ("sandbox", 32), ("live", 49), ("own_words", 28)]
)
def test_a_sample_is_signed_with_the_key_that_polar_would_use(name: str, key: int) -> None:
    assert len(own_key(SECRETS[name])) == key


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"webhook-signature": None}, "it had no webhook-signature header"),
        ({"webhook-signature": "v1a,AAAA"}, "has no signature of a known form"),
        ({"webhook-id": None}, "has no signature of a known form"),
        ({"webhook-timestamp": "1762074000"}, "869 s behind our clock"),
        ({}, "is of another secret than POLAR_WEBHOOK_SECRET"),
    ],
)
def test_a_refusal_tells_its_likely_cause(changes: dict[str, str | None], cause: str) -> None:
    given = {**headers("01")["headers"], **changes}
    kept = {name: text for name, text in given.items() if text is not None}

    at = datetime.fromtimestamp(1762074869, UTC)
    assert cause in Polar([LabeledSecret("another")]).why_refused(envelope(kept), at)
