"""Polar's own clients verify what the sample shop signs as Polar, by each reading of a secret."""

from datetime import UTC, datetime
from typing import Any

from storefronts.polar.package import POLAR
from storefronts.sample import SampleSale
from tests.clients.conftest import PythonClients
from tests.storefronts.polar.test_signatures import SECRETS

SALE = SampleSale("order", "product", "Lumen", "ada@example.com", "Ada Büyer", datetime.now(UTC))
STANDARD = ("live_standard", "sandbox")
"""The secrets whose key stands in base64, as Standard Webhooks have it."""


def asked(secret: str, added: bytes = b"", *, stranger: bool = False) -> dict[str, Any]:
    shop = POLAR.sample_shop(secret)
    request = shop.strangers_request(SALE) if stranger else shop.request(SALE)
    body = (request.body + added).decode()
    return {"headers": request.headers, "body": body, "secret": secret}


def strangers(secret: str) -> list[dict[str, Any]]:
    return [asked(secret, b"\n"), asked(secret, stranger=True)]


async def test_polars_client_verifies_our_signatures_by_each_secret(python: PythonClients) -> None:
    ours = [asked(secret) for secret in SECRETS.values()]
    others = [each for secret in SECRETS.values() for each in strangers(secret)]

    answers = await python("polar-sdk-1").run(
        "polar_webhooks.py", client="polar", requests=[*ours, *others]
    )
    assert answers == [True] * len(ours) + [False] * len(others)


async def test_standard_webhooks_verify_our_signatures_by_a_standard_secret(
    python: PythonClients,
) -> None:
    ours = [asked(SECRETS[name]) for name in STANDARD]
    others = strangers(SECRETS["sandbox"])

    # Polar's client of version 0 brings the library.
    answers = await python("polar-sdk-0").run(
        "polar_webhooks.py", client="standardwebhooks", requests=[*ours, *others]
    )
    assert answers == [True] * len(ours) + [False] * len(others)
