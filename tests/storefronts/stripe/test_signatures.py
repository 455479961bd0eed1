"""Stripe's signature: every recorded case, and headers that no Stripe sends."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from storefronts.base import Envelope
from storefronts.labeled_secrets import LabeledSecret, MatchedSecret
from storefronts.signatures import Signature
from storefronts.stripe.storefront import Stripe
from tests.storefronts.stripe.recorded import DATA, NAMES, SECRETS, body_of, headers_of

CASES = json.loads((DATA / "signatures.json").read_bytes())
NOW = datetime(2026, 9, 1, 12, 0, 6, tzinfo=UTC)


def labeled(name: str) -> LabeledSecret:
    return LabeledSecret(SECRETS[name], "test" if name == "test" else "live")


def verified(
    headers: dict[str, str], body: bytes, at: datetime, *secrets: str
) -> MatchedSecret | None:
    envelope = Envelope(tuple((name.lower(), text) for name, text in headers.items()), "")
    found = Stripe([labeled(name) for name in secrets]).screen(envelope, at)
    return found.verify(body) if isinstance(found, Signature) else None


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_each_recorded_case_is_verified_or_refused(case: dict[str, Any]) -> None:
    written = case.get("body_base64")
    body = base64.b64decode(written) if written else (DATA / case["body"]).read_bytes()
    at = datetime.fromtimestamp(case["now"], UTC)

    assert (verified(case["headers"], body, at, *case["secrets"]) is not None) == case["valid"]


@pytest.mark.parametrize("name", NAMES)
def test_each_recorded_body_tells_the_side_that_signed_it(name: str) -> None:
    told = headers_of(name)
    at = datetime.fromtimestamp(told["signed_at"], UTC)

    matched = verified(told["headers"], body_of(name), at, "old", "live", "test")
    expected = MatchedSecret(2, "test") if told["secret"] == "test" else MatchedSecret(1, "live")
    assert matched == expected


@pytest.mark.parametrize(
    "header",
    [
        ",,,",
        "t,v1",
        "t=1788264006",
        f"v1={'a' * 64}",
        f"t=1788264006,t=1788264006,v1={'a' * 64}",
        f"t=1788264006,v0={'a' * 64}",
        f"t=,v1={'a' * 64}",
        f"t=\ud800,v1={'a' * 64}",
        "t=1788264006,v1=\ud800",
    ],
)
def test_a_malformed_header_is_a_strangers_with_a_cause(header: str) -> None:
    stripe, envelope = Stripe([labeled("live")]), Envelope((("stripe-signature", header),), "")

    assert stripe.screen(envelope, NOW) is None
    assert stripe.why_refused(envelope, NOW).startswith("its ")
