"""Changes of a license that owe its holder a mail."""

from datetime import UTC, datetime

import pytest

from domain.changes import brings_more
from domain.remapping import Terms

NOW = datetime(2026, 9, 1, tzinfo=UTC)
SOON = datetime(2026, 10, 1, tzinfo=UTC)
LATER = datetime(2027, 10, 1, tzinfo=UTC)
OVER = datetime(2026, 8, 1, tzinfo=UTC)
LONG_OVER = datetime(2026, 7, 1, tzinfo=UTC)


def terms(
    tier: str = "core", seats: int = 2, end: datetime | None = SOON, name: str = "Lumen"
) -> Terms:
    return Terms(tier, seats, end, name)


@pytest.mark.parametrize(
    ("after", "favor"),
    [
        (terms(end=LATER), True),
        (terms(end=None), True),
        (terms(seats=3), True),
        (terms("pro"), True),
        (terms("pro", seats=3, end=LATER), True),
        (terms("pro", seats=1, end=LATER), True),
        (terms(seats=3, end=OVER), False),
        (terms(end=datetime(2026, 9, 15, tzinfo=UTC)), False),
        (terms(seats=1), False),
        (terms("pro", seats=1), False),
        (terms("pro", end=datetime(2026, 9, 15, tzinfo=UTC)), False),
        (terms(name="Lumen 3"), False),
        (terms(), False),
    ],
)
def test_more_is_mailed_and_less_is_not(after: Terms, favor: bool) -> None:  # noqa: FBT001 - a case
    assert brings_more(terms(), after, NOW) == favor


@pytest.mark.parametrize(
    ("before", "after", "favor"),
    [(LONG_OVER, OVER, False), (OVER, LATER, True), (None, LATER, False), (None, None, False)],
)
def test_end_that_is_over_or_nearer_is_no_news(
    before: datetime | None,
    after: datetime | None,
    favor: bool,  # noqa: FBT001 - a case
) -> None:
    assert brings_more(terms(end=before), terms(end=after), NOW) == favor
