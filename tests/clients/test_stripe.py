"""Stripe's own client verifies what the tests and the sample shop sign as Stripe."""

from datetime import UTC, datetime
from typing import Any

from storefronts.sample import SampleRequest, SampleSale
from storefronts.stripe.package import STRIPE
from storefronts.stripe.sample import signature
from tests.clients.conftest import PythonClients
from tests.storefronts.stripe.recorded import NAMES, SECRETS, body_of, headers_of

NOW = datetime.now(UTC)
SALE = SampleSale("cs_live_1", "prod_1", "Lumen", "ada@example.com", "Ada Büyer", NOW)
SECRET = SECRETS["live"]
QUICK, LONG = 300, 10**9
"""Seconds that a signature may be old: the recorded ones are from 2025."""


def asked(header: str, body: bytes, secret: str = SECRET, patience: int = QUICK) -> dict[str, Any]:
    return {"signature": header, "body": body.decode(), "secret": secret, "patience": patience}


def of_sample(request: SampleRequest) -> dict[str, Any]:
    return asked(request.headers["Stripe-Signature"], request.body)


async def test_stripes_client_verifies_our_signatures_and_refuses_a_strangers(
    python: PythonClients,
) -> None:
    shop, body = STRIPE.sample_shop(SECRET), body_of(NAMES[0])
    ours = [of_sample(shop.request(SALE)), asked(signature(body, SECRET, NOW), body)]
    recorded = [
        asked(told["headers"]["Stripe-Signature"], body_of(name), SECRETS[told["secret"]], LONG)
        for name in NAMES
        for told in [headers_of(name)]
    ]
    strangers = [
        of_sample(shop.strangers_request(SALE)),
        asked(signature(body, SECRET, NOW), body + b"\n"),
        asked(signature(body, SECRETS["old"], NOW), body),
    ]

    answers = await python("stripe").run(
        "stripe_client.py", requests=[*ours, *recorded, *strangers]
    )
    assert answers == [True] * (len(ours) + len(recorded)) + [False] * len(strangers)
