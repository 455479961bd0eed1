"""Paddle's signature: every recorded case, and headers that no Paddle sends."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from storefronts.base import Envelope
from storefronts.labeled_secrets import LabeledSecret, MatchedSecret
from storefronts.paddle.storefront import Paddle
from storefronts.signatures import Signature
from tests.storefronts.paddle.bodies import DATA, NAMES, SECRETS, body_of, headers_of

CASES = json.loads((DATA / "signatures.json").read_bytes())
NOW = datetime(2026, 9, 1, 12, 0, 6, tzinfo=UTC)


def labeled(name: str) -> LabeledSecret:
    return LabeledSecret(SECRETS[name], "test" if name == "sandbox" else "live")


def verified(
    headers: dict[str, str], body: bytes, at: datetime, *secrets: str
) -> MatchedSecret | None:
    envelope = Envelope(tuple((name.lower(), text) for name, text in headers.items()), "")
    found = Paddle([labeled(name) for name in secrets]).screen(envelope, at)
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

    matched = verified(told["headers"], body_of(name), at, "old", "live", "sandbox")
    expected = MatchedSecret(2, "test") if told["secret"] == "sandbox" else MatchedSecret(1, "live")
    assert matched == expected


@pytest.mark.parametrize(
    "header",
    [
        ";;;",
        "ts;h1",
        "ts=1788264006",
        f"h1={'a' * 64}",
        f"ts=1788264006;ts=1788264006;h1={'a' * 64}",
        f"ts=;h1={'a' * 64}",
        f"ts=\ud800;h1={'a' * 64}",
        "ts=1788264006;h1=\ud800",
    ],
)
def test_a_malformed_header_is_a_strangers_with_a_cause(header: str) -> None:
    paddle, envelope = Paddle([labeled("live")]), Envelope((("paddle-signature", header),), "")

    assert paddle.screen(envelope, NOW) is None
    assert paddle.why_refused(envelope, NOW).startswith("its ")
