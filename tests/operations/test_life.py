"""The state of a license as a sentence, with the command that changes it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from db.views.lists import LicenseLine
from domain.license import end_of_day
from operations.life import state_of

NOW = datetime.now(UTC)
END, GRACE = end_of_day(NOW + timedelta(days=30)), end_of_day(NOW + timedelta(days=33))
OVER = end_of_day(NOW - timedelta(days=2))
UNTIL_GRACE = f"without a renewal it stays good until {GRACE:%Y-%m-%d}"
BACK = "to give it back: `mintpost restore gumroad:order-1 --reason TEXT`"


def license_with(**values: Any) -> LicenseLine:  # noqa: ANN401 - a field's own type
    plain = {
        "id": 1,
        "key": "KEY",
        "source": "gumroad",
        "order_id": "order-1",
        "line": "",
        "product_id": "lumen",
        "tier": "pro",
        "email": "ada@example.com",
        "name": "Ada",
        "seats": 1,
        "status": "active",
        "reason": None,
        "renews": None,
        "test": False,
        "issued_at": NOW,
        "expires_at": END,
        "grace_until": None,
    }
    return LicenseLine(**{**plain, **values})


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("refunded", f"revoked, because the payment was refunded; {BACK}"),
        (
            "dispute_lost",
            f"revoked, because the buyer's bank took the payment back for good; {BACK}",
        ),
        ("by_hand", f"revoked, because a person revoked it; {BACK}"),
        ("invented later", f"revoked; {BACK}"),
    ],
)
def test_revoked_license_tells_why_and_how_it_comes_back(reason: str, sentence: str) -> None:
    assert state_of(license_with(status="revoked", reason=reason)) == sentence


@pytest.mark.parametrize("reason", ["disputed", "paused"])
def test_suspended_license_tells_when_it_comes_back(reason: str) -> None:
    said = state_of(license_with(status="suspended", reason=reason)) or ""
    assert said.startswith("suspended, because ")
    assert "it comes back by itself" in said


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({}, None),
        ({"renews": True, "expires_at": None}, None),
        ({"renews": False}, f"it does not renew, and ends on {END:%Y-%m-%d}"),
        ({"renews": True}, f"it renews; without a renewal it ends on {END:%Y-%m-%d}"),
        (
            {"renews": True, "grace_until": GRACE},
            f"it renews, and is paid until {END:%Y-%m-%d}; {UNTIL_GRACE}",
        ),
        (
            {"renews": True, "expires_at": OVER, "grace_until": GRACE},
            f"its paid time is over, and no renewal has come yet; {UNTIL_GRACE}",
        ),
        ({"status": "expired", "expires_at": OVER}, "its time is over"),
        (
            {"status": "expired", "expires_at": OVER, "renews": True},
            "its time is over, and no renewal came",
        ),
    ],
)
def test_license_that_is_not_revoked_tells_its_end(
    values: dict[str, Any], sentence: str | None
) -> None:
    assert state_of(license_with(**values)) == sentence
