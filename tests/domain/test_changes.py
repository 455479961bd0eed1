"""A change of a license: its clause for people, and the gain of the holder."""

from dataclasses import replace
from datetime import datetime

import pytest

from domain.changes import describe, is_in_favor
from domain.license import LicenseReason, LicenseStatus
from domain.lifecycle import Life
from tests.domain.stories import day, ends

NOW = day(30)
LIFE = Life(
    status=LicenseStatus.ACTIVE,
    reason=None,
    expires_at=ends("2026-12-31"),
    renews=True,
    grace_until=ends("2027-01-03"),
    tier="core",
    seats=2,
    product_id="lumen",
    product_name="Lumen",
    products_sha256="a",
)
NEXT_YEAR = ends("2027-12-31")
REVOKED = replace(LIFE, status=LicenseStatus.REVOKED, reason=LicenseReason.REFUNDED)
LOST = replace(REVOKED, reason=LicenseReason.DISPUTE_LOST)
PAUSED = replace(LIFE, status=LicenseStatus.SUSPENDED, reason=LicenseReason.PAUSED)


@pytest.mark.parametrize(
    ("before", "after", "clause"),
    [
        (LIFE, LIFE, "unchanged"),
        (None, LIFE, "active, core, 2 seats, ends 2026-12-31"),
        (None, replace(LIFE, seats=1, expires_at=None), "active, core, 1 seat, never ends"),
        (None, PAUSED, "suspended (paused), core, 2 seats, ends 2026-12-31"),
        (LIFE, REVOKED, "revoked (refunded)"),
        (REVOKED, LOST, "revoked (dispute lost)"),
        (LIFE, PAUSED, "suspended (paused)"),
        (PAUSED, LIFE, "active again"),
        (LIFE, replace(LIFE, tier="pro", seats=5), "now pro, 5 seats"),
        (LIFE, replace(LIFE, seats=1), "now 1 seat"),
        (LIFE, replace(LIFE, product_id="album", tier="pro"), "now another product, pro"),
        (LIFE, replace(LIFE, expires_at=NEXT_YEAR), "ends 2027-12-31"),
        (LIFE, replace(LIFE, expires_at=None), "never ends"),
        (LIFE, replace(LIFE, renews=False), "goes on until 2026-12-31 and does not renew"),
        (
            replace(LIFE, expires_at=NEXT_YEAR),
            replace(LIFE, renews=False),
            "ends 2026-12-31 and does not renew",
        ),
        (
            replace(LIFE, expires_at=None),
            replace(LIFE, expires_at=None, renews=False),
            "goes on without an end and does not renew",
        ),
        (replace(LIFE, renews=False), LIFE, "renews again"),
        (
            replace(LIFE, renews=False),
            replace(LIFE, expires_at=NEXT_YEAR),
            "renews again, ends 2027-12-31",
        ),
        (replace(LIFE, renews=None), LIFE, "renews"),
        (
            LIFE,
            replace(REVOKED, expires_at=ends("2026-02-10"), renews=False, seats=1),
            "revoked (refunded), now 1 seat, ends 2026-02-10, does not renew",
        ),
        (LIFE, replace(LIFE, grace_until=None), "unchanged"),
    ],
)
def test_change_is_told_in_one_clause(before: Life | None, after: Life, clause: str) -> None:
    assert describe(before, after) == clause


def test_clause_names_no_product_because_a_shop_may_write_anything_there() -> None:
    named = replace(LIFE, product_id="ada@example.com", product_name="for ada@example.com")

    assert "ada" not in describe(LIFE, named) + describe(None, named)


@pytest.mark.parametrize(
    ("before", "after", "favor"),
    [
        (LIFE, LIFE, False),
        (LIFE, replace(LIFE, expires_at=NEXT_YEAR), True),
        (LIFE, replace(LIFE, grace_until=NEXT_YEAR), False),
        (LIFE, replace(LIFE, seats=3), True),
        (LIFE, replace(LIFE, tier="pro"), True),
        (LIFE, replace(LIFE, tier="pro", seats=1), False),
        (LIFE, replace(LIFE, renews=False, grace_until=None), False),
        (LIFE, REVOKED, False),
        (REVOKED, LOST, False),
        (REVOKED, replace(REVOKED, expires_at=NEXT_YEAR), False),
        (REVOKED, LIFE, True),
        (PAUSED, LIFE, True),
        (PAUSED, replace(LIFE, seats=1), True),
    ],
)
def test_gain_of_the_holder_is_mailed(before: Life, after: Life, *, favor: bool) -> None:
    assert is_in_favor(before, after, NOW) == favor


@pytest.mark.parametrize("end", [ends("2026-02-01"), NOW])
def test_license_that_is_over_is_no_gain(end: datetime) -> None:
    assert not is_in_favor(REVOKED, replace(LIFE, expires_at=end), NOW)
    assert not is_in_favor(LIFE, replace(LIFE, expires_at=end, seats=9), NOW)
