"""The one rule that says if a license is good now."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.license import License, Standing, has_ended

END = datetime(2027, 3, 2, 23, 59, 59, tzinfo=UTC)
SECOND = timedelta(seconds=1)
LICENSE = License(
    id=1,
    key="KEY",
    source="gumroad",
    order_id="order-1",
    product_id="lumen",
    product_name="Lumen",
    tier="core",
    email="ada.buyer@example.com",
    name="Ada Buyer",
    seats=1,
    test=False,
    issued_at=END - timedelta(days=365),
    expires_at=END,
)


@pytest.mark.parametrize(
    ("now", "standing"),
    [
        (END - SECOND, Standing.HOLDS),
        (END, Standing.ENDED),
        (END + SECOND, Standing.ENDED),
    ],
)
def test_license_holds_until_its_end(now: datetime, standing: Standing) -> None:
    assert LICENSE.standing(now) is standing


def test_license_without_an_end_holds_for_ever() -> None:
    forever = replace(LICENSE, expires_at=None)
    assert forever.standing(datetime.max.replace(tzinfo=UTC)) is Standing.HOLDS
    assert not has_ended(None, END)


def test_license_of_another_status_does_not_hold_even_before_its_end() -> None:
    revoked = replace(LICENSE, status="revoked")
    assert revoked.standing(END - SECOND) is Standing.INACTIVE
