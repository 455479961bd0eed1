"""Lemon Squeezy's signature: every recorded case, and headers that the shop does not send."""

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from storefronts.base import Envelope
from storefronts.labeled_secrets import LabeledSecret, MatchedSecret
from storefronts.lemonsqueezy.storefront import LemonSqueezy
from storefronts.signatures import Signature
from tests.storefronts.lemonsqueezy.told import AT, DATA, recorded_files

CASES = json.loads((DATA / "signatures.json").read_bytes())
SECRETS = json.loads((DATA / "secrets.json").read_bytes())


def labeled(name: str) -> LabeledSecret:
    return LabeledSecret(SECRETS[name], "test" if name == "test" else "live")


def verified(
    headers: dict[str, str], body: bytes, at: datetime, *secrets: str
) -> MatchedSecret | None:
    envelope = Envelope(tuple((name.lower(), text) for name, text in headers.items()), "")
    found = LemonSqueezy([labeled(name) for name in secrets]).screen(envelope, at)
    return found.verify(body) if isinstance(found, Signature) else None


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_each_recorded_case_is_verified_or_refused(case: dict[str, Any]) -> None:
    written = case.get("body_base64")
    body = base64.b64decode(written) if written else (DATA / case["body"]).read_bytes()
    at = datetime.fromtimestamp(case["now"], UTC)

    assert (verified(case["headers"], body, at, *case["secrets"]) is not None) == case["valid"]


@pytest.mark.parametrize("file", recorded_files(), ids=lambda file: file.stem)
def test_each_recorded_body_tells_the_side_that_signed_it(file: Path) -> None:
    told = json.loads(file.with_suffix(".headers.json").read_bytes())

    matched = verified(told["headers"], file.read_bytes(), AT, "old", "live", "test")
    expected = MatchedSecret(2, "test") if told["secret"] == "test" else MatchedSecret(1, "live")
    assert matched == expected


@pytest.mark.parametrize("header", ["", "é" * 64, "a" * 63, "A" * 64, "a" * 65, "\ud800" * 64])
def test_a_malformed_header_is_a_strangers_with_a_cause(header: str) -> None:
    shop, envelope = LemonSqueezy([labeled("live")]), Envelope((("x-signature", header),), "")

    assert shop.screen(envelope, AT) is None
    assert shop.why_refused(envelope, AT).startswith("its x-signature header has no signature")
