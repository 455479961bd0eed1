"""Each recorded body, as its reading ends with the recorded answers of Stripe's API."""

from datetime import UTC, datetime

import pytest

from domain.event import EventKind, NotedReason
from domain.facts import (
    Buyer,
    Dispute,
    Fact,
    OrderLine,
    Payment,
    Reading,
    Refund,
    SubscriptionLink,
    SubscriptionState,
    Waits,
)
from domain.sale import Product
from storefronts.base import Naming
from tests.storefronts.stripe.recorded import (
    BASIC,
    CHARGE,
    DELETED,
    DISPUTE,
    FIRST_INVOICE,
    LATE,
    MEMBER,
    NAMES,
    PAID_LATER,
    REFUND,
    RENEWAL,
    RENEWAL_BEFORE,
    RENEWED,
    SALE,
    SOLD,
    SUBSCRIBED,
    SUBSCRIPTION,
    SYNC,
    TEST,
    TEST_SESSION,
    THIN,
    UNPAID,
    Asking,
    body_of,
    recorded_api,
    stored,
)

FIRST_END = datetime(2026, 11, 2, 10, 20, 38, tzinfo=UTC)
SECOND_END = datetime(2027, 11, 2, 10, 20, 38, tzinfo=UTC)
STUDIO = "price_1SVnw191251112712080662"
UNKNOWN_ORDER = "pi_1SjYz2STET9sKX0JMoaXFylY"

PRODUCTS = {
    BASIC: Product("prod_RtxugtgQzhw23", "Inkwell Basic", specific_ids=(BASIC, "basic")),
    SYNC: Product("prod_YjtiwrdCbgka2", "Inkwell Sync", specific_ids=(SYNC, "sync")),
    STUDIO: Product("prod_SdamppdMmb770", "Inkwell Studio", specific_ids=(STUDIO, "studio")),
}
IDS_ALONE = Product("prod_YjtiwrdCbgka2", "Inkwell Sync", specific_ids=(SYNC,))
NADIA = Buyer("nadia@example.net", "Nadia Petrov")
LUCAS = Buyer("lucas@example.net", "Lucas Faye")


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def line(line_id: str, price: str, paid: int, product: Product | None = None) -> OrderLine:
    return OrderLine(line_id, product or PRODUCTS[price], 1, paid, price)


def sale(sold_at: datetime) -> Payment:
    bought = line("li_1SGY6jAfrnBr8H8Ha5nyHT3z", BASIC, 5831)
    return Payment(SOLD, sold_at, (bought,), "usd", NADIA)


def renewal(product: Product) -> Payment:
    return Payment(
        RENEWED,
        at(1793618440),
        (line("il_1SRAkZH7lMoPYM8PYegoFKZX", SYNC, 12000, product),),
        "usd",
        LUCAS,
        subscription_id=SUBSCRIPTION,
        charge=True,
        paid_until=SECOND_END,
    )


FACTS: dict[str, Fact] = {
    SALE: sale(at(1762078841)),
    MEMBER: Payment(
        SUBSCRIBED,
        at(1762078841),
        (line("li_1Sge10HAP9T0fMedQ0FPezTc", SYNC, 12000),),
        "usd",
        LUCAS,
        subscription_id=SUBSCRIPTION,
    ),
    FIRST_INVOICE: SubscriptionLink(SUBSCRIPTION, SUBSCRIBED, at(1762078840), paid_until=FIRST_END),
    RENEWAL: renewal(IDS_ALONE),
    RENEWAL_BEFORE: renewal(PRODUCTS[SYNC]),
    REFUND: Refund(SOLD, at(1762718800), whole=True, amount=5831, refund_id=CHARGE),
    DISPUTE: Dispute(UNKNOWN_ORDER, at(1762978801), "open", "du_1S2fM0BGDf85EMsADRoKna9D"),
    DELETED: SubscriptionState(SUBSCRIPTION, FIRST_END, ended=True),
    TEST: Payment(
        TEST_SESSION,
        at(1762078841),
        (line("li_1SGY6jAfrnBr8H8Ha5nyHT3z", BASIC, 4900),),
        "usd",
        Buyer("test-purchase@example.net", "Test Purchase"),
        test=True,
    ),
    PAID_LATER: Payment(
        LATE,
        at(1762508800),
        (line("li_1S44QPGypNcPGs1YAuwPlN6i", STUDIO, 9900),),
        "eur",
        Buyer("hanna@example.net", "Hanna Keller"),
    ),
    THIN: sale(datetime(2025, 11, 2, 10, 20, 41, 417000, tzinfo=UTC)),
}
ARRIVED = {
    SALE: (EventKind.SALE, SOLD),
    MEMBER: (EventKind.SALE, SUBSCRIBED),
    FIRST_INVOICE: (EventKind.RECURRING_CHARGE, "in_1SWevbG7jkFJP6lYF9vmnAtJ"),
    RENEWAL: (EventKind.RECURRING_CHARGE, RENEWED),
    RENEWAL_BEFORE: (EventKind.RECURRING_CHARGE, RENEWED),
    REFUND: (EventKind.REFUND, None),
    DISPUTE: (EventKind.DISPUTE, None),
    DELETED: (EventKind.SUBSCRIPTION_ENDED, None),
    TEST: (EventKind.SALE, TEST_SESSION),
    UNPAID: (EventKind.PENDING_SALE, LATE),
    PAID_LATER: (EventKind.SALE, LATE),
    THIN: (EventKind.SALE, SOLD),
}
COMPLETED = {
    **ARRIVED,
    FIRST_INVOICE: (EventKind.SUBSCRIPTION_LINKED, SUBSCRIBED),
    REFUND: (EventKind.REFUND, SOLD),
    DISPUTE: (EventKind.DISPUTE, UNKNOWN_ORDER),
}


def test_every_recorded_body_is_expected() -> None:
    assert {*NAMES} == {*ARRIVED} == {*FACTS, UNPAID}


@pytest.mark.parametrize("name", FACTS)
def test_each_body_is_one_fact(name: str) -> None:
    assert Asking().read(body_of(name)) == Reading((FACTS[name],))


def test_an_unpaid_session_waits_and_asks_nothing() -> None:
    assert Asking().read(body_of(UNPAID)) == Reading(ends=Waits(NotedReason.WAITS_FOR_PAYMENT))
    assert Asking().paths(body_of(UNPAID)) == []


@pytest.mark.parametrize("name", NAMES)
def test_each_body_is_named_as_it_arrives_and_with_its_answers(name: str) -> None:
    arrived, completed = Asking().stripe.name_request(stored(body_of(name))), Asking()

    assert (arrived.kind, arrived.order_id) == ARRIVED[name]
    naming = completed.named(body_of(name))
    assert (naming.kind, naming.order_id) == COMPLETED[name]
    assert naming.event_key == arrived.event_key is not None


def test_a_completed_sale_is_named_with_its_product() -> None:
    assert Asking().named(body_of(SALE)) == Naming(
        EventKind.SALE, SOLD, ("prod_RtxugtgQzhw23",), "evt_1SrhdQi04c1yiRMqMsFm1oSD"
    )


def test_lines_come_with_the_session_in_one_question() -> None:
    assert Asking().paths(body_of(SALE)) == [f"/v1/checkout/sessions/{SOLD}?expand[]=line_items"]


def test_lines_come_from_their_own_list_where_the_session_is_unknown() -> None:
    lines = {path: body for path, body in recorded_api().items() if "/line_items?" in path}
    assert Asking(lines).payment(body_of(SALE)) == FACTS[SALE]
