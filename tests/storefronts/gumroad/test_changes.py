"""Every recorded ping that changes a license, as exactly the facts that it tells."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import pytest

from domain.event import EventKind
from domain.facts import Dispute, Fact, Reading, Refund, SubscriptionState
from domain.sale import Product
from storefronts.base import Naming, StoredRequest
from storefronts.gumroad.storefront import Gumroad
from tests.storefronts.gumroad.encodings import Encode, every_encoding

Recorded = Callable[[str], StoredRequest]
SaleWith = Callable[[Mapping[str, str | None]], StoredRequest]

ARRIVAL = datetime(2026, 9, 1, 12, 0, 6, tzinfo=UTC)
ORDINARY = "HyMdzSI-iPve8n-plNxMHA=="
DISPUTED = "-uDI43XctCydwJlzNHKWSw=="
MEMBER = "ECua5G0LmWGylaHQQuiS0A=="
EDITOR_ID = "fEv7TDvUDEKb-yaNdbudow=="
TEAMS_ID = "sDOLRWAJ9iPxvwmpujenuA=="
AGENCY = Product(TEAMS_ID, "Lumen Teams", variants=(("Tier", "Agency"),))


def canceled(ends_at: datetime) -> SubscriptionState:
    return SubscriptionState(MEMBER, min(ends_at, ARRIVAL), renews=False, ends_at=ends_at)


FACTS: dict[str, tuple[EventKind, Fact]] = {
    "12_refund_full": (EventKind.REFUND, Refund(ORDINARY, ARRIVAL, whole=True)),
    "13_refund_partial": (
        EventKind.REFUND,
        Refund("hZGjHMX6s5cut-_ARmgyJQ==", ARRIVAL, whole=False),
    ),
    "14_dispute": (EventKind.DISPUTE, Dispute(DISPUTED, ARRIVAL, "open")),
    "15_dispute_won": (EventKind.DISPUTE_WON, Dispute(DISPUTED, ARRIVAL, "won")),
    "16_cancellation_by_buyer": (
        EventKind.CANCELLATION,
        canceled(datetime(2026, 8, 1, 9, 0, 11, tzinfo=UTC)),
    ),
    "17_cancellation_by_seller": (
        EventKind.CANCELLATION,
        canceled(datetime(2026, 9, 1, 12, 0, 3, tzinfo=UTC)),
    ),
    "18_cancellation_payment_failure": (
        EventKind.CANCELLATION,
        canceled(datetime(2026, 8, 6, 9, 0, 14, tzinfo=UTC)),
    ),
    "19_subscription_ended": (
        EventKind.SUBSCRIPTION_ENDED,
        SubscriptionState(
            MEMBER, datetime(2026, 8, 1, 9, 0, 11, tzinfo=UTC), renews=False, ended=True
        ),
    ),
    "20_subscription_restarted": (
        EventKind.SUBSCRIPTION_RESTARTED,
        SubscriptionState(
            MEMBER, datetime(2026, 8, 20, 10, 30, tzinfo=UTC), renews=True, ended=False
        ),
    ),
    "21_subscription_updated": (
        EventKind.SUBSCRIPTION_UPDATED,
        SubscriptionState(
            MEMBER, datetime(2026, 8, 15, 8, 15, 30, tzinfo=UTC), seats=3, product=AGENCY
        ),
    ),
}


@every_encoding
@pytest.mark.parametrize("name", FACTS)
def test_recorded_ping_that_changes_a_license_tells_one_fact(
    name: str, encode: Encode, gumroad: Gumroad, recorded: Recorded
) -> None:
    ping = encode(recorded(f"{name}.form"))

    kind, fact = FACTS[name]
    assert gumroad.read(ping) == Reading((fact,))
    of_member = isinstance(fact, SubscriptionState)
    order_id = None if isinstance(fact, SubscriptionState) else fact.order_id
    product_id = TEAMS_ID if of_member else EDITOR_ID
    assert gumroad.name_request(ping) == Naming(kind, order_id, (product_id,))


@pytest.mark.parametrize("test", [None, "true"])
@pytest.mark.parametrize(
    ("changes", "facts"),
    [
        (
            {"resource_name": "dispute_won", "disputed": "true"},
            [Dispute(ORDINARY, ARRIVAL, "won")],
        ),
        (
            {"resource_name": "dispute", "disputed": "true", "dispute_won": "true"},
            [Dispute(ORDINARY, ARRIVAL, "won")],
        ),
        ({"resource_name": "dispute"}, [Dispute(ORDINARY, ARRIVAL, "open")]),
        (
            {"resource_name": "dispute", "disputed": "true", "refunded": "true"},
            [Dispute(ORDINARY, ARRIVAL, "open"), Refund(ORDINARY, ARRIVAL, whole=True)],
        ),
        (
            {"resource_name": "refund", "disputed": "true"},
            [Refund(ORDINARY, ARRIVAL, whole=False), Dispute(ORDINARY, ARRIVAL, "open")],
        ),
        (
            {"resource_name": "refund", "refunded": "true", "disputed": "perhaps"},
            [Refund(ORDINARY, ARRIVAL, whole=True)],
        ),
    ],
)
def test_resource_and_flags_of_an_order_are_read_together(
    changes: dict[str, str | None],
    facts: list[Fact],
    test: str | None,
    gumroad: Gumroad,
    sale_with: SaleWith,
) -> None:
    assert gumroad.read(sale_with({**changes, "test": test})) == Reading(tuple(facts))
