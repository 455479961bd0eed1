from datetime import UTC, datetime

import pytest

from domain.license import License
from licensing.signing import Signer

RFC_8037_PRIVATE_KEY = """\
-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
-----END PRIVATE KEY-----
"""
"""The Ed25519 key of RFC 8037, appendix A.1, as PEM."""


@pytest.fixture
def pem() -> str:
    return RFC_8037_PRIVATE_KEY


@pytest.fixture
def signer(pem: str) -> Signer:
    return Signer(pem, "Ada's shop")


@pytest.fixture
def license_() -> License:
    return License(
        id=17,
        key="KEY4-4EYT-PWQD-79XH-3MRA-CJGF-9VNN",
        source="gumroad",
        order_id="HyMdzSI-zq4dNWvVx9AYBw==",
        product_id="datatools-pro",
        product_name="Data Tools",
        tier="pro",
        email="grace@example.com",
        name="Grace Hopper",
        seats=5,
        test=False,
        issued_at=datetime(2026, 3, 2, 12, 0, 0, 250_000, UTC),
        expires_at=datetime(2027, 3, 2, 11, 59, 30, 750_000, UTC),
    )
