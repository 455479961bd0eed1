"""Paddle's own client verifies what the tests and the sample shop sign as Paddle."""

from datetime import UTC, datetime
from typing import Any

from storefronts.paddle.package import PADDLE
from storefronts.sample import SampleRequest, SampleSale
from tests.clients.conftest import PythonClients
from tests.storefronts.paddle.bodies import NAMES, SECRETS, body_of, headers_of, signed

SECRET = SECRETS["live"]
QUICK, LONG = 600, 10**9
"""Seconds that a signature may be old: the recorded ones are from 2025."""


def asked(headers: dict[str, str], body: bytes, secret: str, patience: int) -> dict[str, Any]:
    return {"headers": headers, "body": body.decode(), "secret": secret, "patience": patience}


def of_sample(request: SampleRequest) -> dict[str, Any]:
    return asked(request.headers, request.body, SECRET, QUICK)


async def test_paddles_client_verifies_our_signatures_and_refuses_a_strangers(
    python: PythonClients,
) -> None:
    now = datetime.now(UTC)
    sale = SampleSale("txn_1", "pro_1", "Lumen", "ada@example.com", "Ada Büyer", now)
    shop, body = PADDLE.sample_shop(SECRET), body_of(NAMES[0])
    ours = [of_sample(shop.request(sale)), asked(signed(body, SECRET, now), body, SECRET, QUICK)]
    recorded = [
        asked(told["headers"], body_of(name), SECRETS[told["secret"]], LONG)
        for name in NAMES
        for told in [headers_of(name)]
    ]
    strangers = [
        of_sample(shop.strangers_request(sale)),
        asked(signed(body, SECRET, now), body + b"\n", SECRET, QUICK),
        asked(signed(body, SECRETS["old"], now), body, SECRET, QUICK),
    ]

    answers = await python("paddle-python-sdk").run(
        "paddle.py", requests=[*ours, *recorded, *strangers]
    )
    assert answers == [True] * (len(ours) + len(recorded)) + [False] * len(strangers)
