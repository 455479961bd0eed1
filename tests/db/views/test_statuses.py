"""A list's filter by status finds the licenses that the list shows with this status."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from sqlalchemy import insert, inspect, update
from sqlalchemy.orm import Session

from db.engine import Database
from db.facts import keep_facts
from db.requests import store_request
from db.tables import EventRow, LicenseRow, SaleRow
from db.views.lists import Filters, list_events, list_licenses
from domain.event import OPERATOR, EventKind, Origin
from domain.facts import Act, SubscriptionLink
from domain.license import LicenseReason, ListedStatus
from tests.db.rows import NOON, mint, new_request, sale_of, store_event

DAY = timedelta(days=1)
LAST_SECOND = datetime(2026, 9, 1, 23, 59, 59, tzinfo=UTC)
NOWS = [NOON, LAST_SECOND - timedelta(seconds=1), LAST_SECOND, LAST_SECOND + timedelta(seconds=1)]
ENDS = [None, NOON - 3 * DAY, NOON - DAY, LAST_SECOND - DAY, NOON, LAST_SECOND, NOON + DAY]
"""Noon is an end of an older version, which counts as the end of its day."""
STATES = list(product(["active", "suspended", "revoked", "later"], ENDS, ENDS))


@pytest.fixture
def licenses(database: Database) -> None:
    database.write_here(mint_all)


def mint_all(session: Session) -> None:
    """Mint one active license, and copy it for each state, because there are many."""
    minted = mint(session, sale_of())
    first = session.get_one(LicenseRow, minted.license.id)
    same = {each.key: getattr(first, each.key) for each in inspect(LicenseRow).column_attrs}
    copies = [
        same
        | {"id": first.id + number, "key": f"KEY-{number}", "order_id": f"order-{number}-copied"}
        | {"status": status, "expires_at": end, "grace_until": grace}
        for number, (status, end, grace) in enumerate(STATES, start=1)
    ]
    session.execute(insert(LicenseRow), copies)


@pytest.mark.usefixtures("licenses")
def test_licenses_are_found_by_the_status_that_the_list_shows(database: Database) -> None:
    for now in NOWS:
        every = database.read_here(list_licenses, Filters(limit=1000, now=now))
        assert {line.status for line in every} == set(ListedStatus)
        for status in ListedStatus:
            found = database.read_here(list_licenses, Filters(status, limit=1000, now=now))
            assert found == [line for line in every if line.status == status], (now, status)


def test_license_tells_why_it_is_as_it_is(database: Database) -> None:
    database.write_here(mint, sale_of())
    values = {"status": "revoked", "reason": LicenseReason.REFUNDED, "renews": False}
    database.write_here(Session.execute, update(LicenseRow).values(**values))
    (line,) = database.read_here(list_licenses, Filters())
    assert (line.status, line.reason, line.renews) == ("revoked", "refunded", False)


@pytest.mark.parametrize("test", [True, False])
def test_events_of_a_test_sale_are_tests(database: Database, *, test: bool) -> None:
    database.write_here(mint, sale_of(subscription_id="membership"))
    database.write_here(Session.execute, update(SaleRow).values(test=test))
    database.write_here(store_event, "order-1", "refund")
    linked, acted, pinged, other = [
        database.write_here(store_event, None, kind)
        for kind in ("cancellation", "revoke", "test_ping", "refund")
    ]
    link = SubscriptionLink("membership", "order-9", NOON)
    act = Act("order-1", NOON, EventKind.REVOKE, "ada")
    database.write_here(keep_facts, linked, "gumroad", [link])
    database.write_here(keep_facts, acted, "gumroad", [act])
    found = [line.test for line in database.read_here(list_events, Filters())]
    assert found == [False, True, test, test, test, test]
    assert (pinged, other) == (acted + 1, acted + 2)


def test_event_tells_how_it_came_in(database: Database) -> None:
    database.write_here(store_event)
    by_hand = {"source": OPERATOR, "origin": Origin.OPERATOR}
    database.write_here(Session.execute, update(EventRow).values(**by_hand))
    (line,) = database.read_here(list_events, Filters(source=OPERATOR))
    assert line.origin == "operator"


def test_secret_of_the_test_side_makes_a_test(database: Database) -> None:
    live, test = (replace(new_request(name), secret_label=name) for name in ("live", "test"))
    first, second = (database.write_here(store_request, each) for each in (live, test))

    for filters, ids in (
        (Filters(), [second, first]),
        (Filters(test=True), [second]),
        (Filters(test=False), [first]),
    ):
        assert [line.id for line in database.read_here(list_events, filters)] == ids
