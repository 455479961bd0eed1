"""The time of a sale, if the clocks of the storefront, the API and the database differ."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.errors import SaleInvalidError
from domain.facts import Payment
from storefronts.base import StoredRequest
from storefronts.gumroad.storefront import Gumroad

SaleWith = Callable[[Mapping[str, str | None]], StoredRequest]

SOLD_AT = datetime(2026, 9, 1, 12, 0, 5, tzinfo=UTC)
DAYS = timedelta(days=10)
YEARS = timedelta(days=3650)
API_IS_BEHIND = "the clock where the API runs is behind, for it was sold after it arrived"
DATABASE_IS_BEHIND = "the clock of the database is behind, for it was sold after it was read"


def read(gumroad: Gumroad, ping: StoredRequest, *, api: timedelta, database: timedelta) -> Payment:
    """Read a ping while the two clocks are wrong by these amounts."""
    clocks = replace(ping, received_at=SOLD_AT + api, read_at=SOLD_AT + database)
    reading = gumroad.read(clocks)
    if isinstance(reading.ends, SaleInvalidError):
        raise reading.ends
    (payment,) = reading.facts
    assert isinstance(payment, Payment)
    return payment


@pytest.mark.parametrize(
    ("api", "database", "note"),
    [
        (-DAYS, timedelta(0), API_IS_BEHIND),
        (-YEARS, timedelta(0), API_IS_BEHIND),
        (DAYS, timedelta(0), None),
        (YEARS, timedelta(0), None),
        (timedelta(0), -DAYS, DATABASE_IS_BEHIND),
        (timedelta(0), YEARS, None),
        (timedelta(0), DAYS, None),
        (-timedelta(days=2), -timedelta(days=2), None),
        # The sale failed while both clocks were behind, and a person reset it with right clocks.
        (-DAYS, DAYS, API_IS_BEHIND),
    ],
)
def test_one_wrong_clock_of_ours_does_not_change_when_it_was_sold(
    gumroad: Gumroad, sale_with: SaleWith, api: timedelta, database: timedelta, note: str | None
) -> None:
    sale = read(gumroad, sale_with({}), api=api, database=database)

    assert (sale.at, sale.note) == (SOLD_AT, note)


@pytest.mark.parametrize("api", [timedelta(0), -DAYS, DAYS, YEARS])
@pytest.mark.parametrize("ahead", [timedelta(days=4), 10 * YEARS])
def test_a_sale_that_lies_ahead_of_the_trusted_clock_is_refused(
    gumroad: Gumroad, sale_with: SaleWith, api: timedelta, ahead: timedelta
) -> None:
    later = (SOLD_AT + ahead).isoformat()

    with pytest.raises(SaleInvalidError, match="must lie between 2005 and the arrival"):
        read(gumroad, sale_with({"sale_timestamp": later}), api=api, database=timedelta(0))


@pytest.mark.parametrize(
    ("api", "sold_at"), [(-DAYS, -DAYS), (timedelta(0), timedelta(0)), (YEARS, timedelta(0))]
)
def test_a_sale_without_a_time_was_not_after_now(
    gumroad: Gumroad, sale_with: SaleWith, api: timedelta, sold_at: timedelta
) -> None:
    ping = sale_with({"sale_timestamp": None})

    assert read(gumroad, ping, api=api, database=timedelta(0)).at == SOLD_AT + sold_at
