"""Each shop that signs: every recorded case and body, and headers that the shop does not send."""

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from domain.event import SecretLabel
from kit.doors.base import Envelope
from kit.doors.labeled_secrets import LabeledSecret, MatchedSecret
from kit.doors.signatures import Signature
from storefronts.lemonsqueezy.storefront import LemonSqueezy
from storefronts.paddle.storefront import Paddle
from storefronts.polar.storefront import Polar
from storefronts.signed_door import SignedDoor
from storefronts.stripe.storefront import Stripe

DATA = Path(__file__).parents[1] / "data"
SHOPS: Mapping[str, type[SignedDoor]] = {
    "polar": Polar,
    "stripe": Stripe,
    "paddle": Paddle,
    "lemonsqueezy": LemonSqueezy,
}
DIGEST = "a" * 64
MALFORMED = {
    "polar": ["", "v1", "v1,", "v1,AAAA", f"v1a,{DIGEST}", "v1,\ud800"],
    "stripe": [
        ",,,",
        "t,v1",
        "t=1788264006",
        f"v1={DIGEST}",
        f"t=1788264006,t=1788264006,v1={DIGEST}",
        f"t=1788264006,v0={DIGEST}",
        f"t=,v1={DIGEST}",
        f"t=\ud800,v1={DIGEST}",
        "t=1788264006,v1=\ud800",
    ],
    "paddle": [
        ";;;",
        "ts;h1",
        "ts=1788264006",
        f"h1={DIGEST}",
        f"ts=1788264006;ts=1788264006;h1={DIGEST}",
        f"ts=;h1={DIGEST}",
        f"ts=\ud800;h1={DIGEST}",
        "ts=1788264006;h1=\ud800",
    ],
    "lemonsqueezy": ["", "é" * 64, "a" * 63, "A" * 64, "a" * 65, "\ud800" * 64],
}
every_shop = pytest.mark.parametrize("shop", SHOPS)


def labeled(shop: str) -> dict[str, LabeledSecret]:
    """Return the shop's invented secrets by the names of the recordings."""
    secrets: dict[str, str] = json.loads((DATA / shop / "secrets.json").read_bytes())
    return {name: LabeledSecret(text, side_of(name)) for name, text in secrets.items()}


def side_of(name: str) -> SecretLabel:
    return "test" if name in {"test", "sandbox"} else "live"


def verified(
    shop: str, told: Mapping[str, Any], body: bytes, at: float, *names: str
) -> MatchedSecret | None:
    headers = tuple((name.lower(), text) for name, text in told["headers"].items())
    secrets = [labeled(shop)[name] for name in names]
    found = SHOPS[shop](secrets).screen(Envelope(headers, ""), datetime.fromtimestamp(at, UTC))
    return found.verify(body) if isinstance(found, Signature) else None


@every_shop
def test_each_recorded_case_is_verified_or_refused(shop: str) -> None:
    cases = json.loads((DATA / shop / "signatures.json").read_bytes())
    assert cases
    for case in cases:
        written = case.get("body_base64")
        file = DATA / shop / case.get("body", "")
        body = base64.b64decode(written) if written else file.read_bytes()
        found = verified(shop, case, body, case["now"], *case["secrets"])
        assert (found is not None) == case["valid"], case["name"]


@every_shop
def test_each_recorded_body_tells_the_side_that_signed_it(shop: str) -> None:
    names = [*labeled(shop)]
    files = [*(DATA / shop / "bodies").glob("*.headers.json")]
    assert files
    for file in files:
        told = json.loads(file.read_bytes())
        body = file.with_name(file.name.replace(".headers.json", ".json")).read_bytes()
        found = verified(shop, told, body, told["signed_at"], *names)
        place = names.index(told["secret"])
        assert found == MatchedSecret(place, side_of(told["secret"])), file.name


@every_shop
def test_a_malformed_header_is_a_strangers_with_a_cause(shop: str) -> None:
    door = SHOPS[shop]([*labeled(shop).values()])
    at = datetime.fromtimestamp(1788264006, UTC)
    for header in MALFORMED[shop]:
        envelope = Envelope(((door.header, header),), "")
        assert door.screen(envelope, at) is None, header
        assert door.why_refused(envelope, at).startswith("its "), header
