"""The one rule that says if a license is good now."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.license import License, ListedStatus, Standing, has_ended

END = datetime(2027, 3, 2, 23, 59, 59, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DAYS = timedelta(days=3)
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


@pytest.mark.parametrize(
    ("status", "standing"),
    [
        ("revoked", Standing.REVOKED),
        ("suspended", Standing.SUSPENDED),
        ("of a later version", Standing.SUSPENDED),
    ],
)
def test_license_of_another_status_does_not_hold_even_before_its_end(
    status: str, standing: Standing
) -> None:
    other = replace(LICENSE, status=status, grace_until=END + DAYS)
    assert other.standing(END - SECOND) is standing
    assert not standing.is_good


@pytest.mark.parametrize(
    ("now", "standing"),
    [
        (END - SECOND, Standing.HOLDS),
        (END, Standing.GRACE),
        (END + DAYS - SECOND, Standing.GRACE),
        (END + DAYS, Standing.ENDED),
    ],
)
def test_license_stays_good_in_its_grace(now: datetime, standing: Standing) -> None:
    renewing = replace(LICENSE, renews=True, grace_until=END + DAYS)
    assert renewing.standing(now) is standing
    assert standing.is_good is (now < END + DAYS)


def test_grace_ends_no_license_earlier() -> None:
    assert replace(LICENSE, grace_until=END - DAYS).good_until == END
    assert replace(LICENSE, expires_at=None, grace_until=END).good_until is None


def test_license_is_listed_as_expired_after_its_grace() -> None:
    renewing = replace(LICENSE, grace_until=END + DAYS)
    assert renewing.standing(END).listed is ListedStatus.ACTIVE
    assert renewing.standing(END + DAYS).listed is ListedStatus.EXPIRED
