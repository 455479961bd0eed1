"""Each recorded body: its name, and the facts in it."""

from datetime import UTC, datetime

import pytest

from domain.event import EventKind, IgnoredReason, NotedReason
from domain.facts import (
    Buyer,
    Dispute,
    Ignored,
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
from storefronts.paddle.storefront import Paddle
from tests.storefronts.paddle.bodies import (
    CANCELED,
    CHARGEBACK,
    CREATED,
    FIRST,
    NAMES,
    ONE_TIME,
    PENDING,
    REFUND,
    RENEWAL,
    SANDBOX,
    customer,
    known_customers,
    read,
    recorded,
)

PAID, SIMULATED = "02_transaction_paid_ignored", "15_transaction_completed_simulated"
BASIC, SYNC = "pro_01kbzajs646h1vr7066bc222j4", "pro_01kbnwqnv0kcqktwg00eqp16vc"
SYNC_PRICE = "pri_01kb5hvwazz50kc59547x9nd3x"
ORDER_01, ORDER_04 = "txn_01kbvgcrzkq9tqby5wmp6w118e", "txn_01kb4ctm8p0a5k77v4fm12j5h3"
ORDER_06, ORDER_10 = "txn_01kby641nk3a98rm2z7fmk2c63", "txn_01kbf7f1zc1vf2410wjb4pmg42"
ORDER_14, ORDER_15 = "txn_01kb9t4caf7pwh3epzm0egjngq", "txn_01kb86r1hc1hr5hgnc3m055f7e"
SUBSCRIPTION = "sub_01kb5hd05xmx6r2tna56djcr0j"
INKWELL_BASIC = Product(BASIC, "Inkwell Basic", specific_ids=("pri_01kb4ef5ng0ej1ve2szszy6nvm",))
INKWELL_SYNC = Product(SYNC, "Inkwell Sync", specific_ids=(SYNC_PRICE,))
NADIA = Buyer("nadia@example.net", "Nadia Petrov")
LUCAS = Buyer("lucas@example.net", "Lucas Faye")

KINDS = {
    ONE_TIME: (EventKind.SALE, ORDER_01, BASIC),
    PAID: (EventKind.KNOWN, ORDER_01, BASIC),
    FIRST: (EventKind.SALE, ORDER_04, SYNC),
    CREATED: (EventKind.SUBSCRIPTION_LINKED, ORDER_04, SYNC),
    RENEWAL: (EventKind.RECURRING_CHARGE, ORDER_06, SYNC),
    PENDING: (EventKind.REFUND, ORDER_01, None),
    REFUND: (EventKind.REFUND, ORDER_01, None),
    CHARGEBACK: (EventKind.DISPUTE, ORDER_10, None),
    CANCELED: (EventKind.SUBSCRIPTION_ENDED, None, SYNC),
    SANDBOX: (EventKind.SALE, ORDER_14, BASIC),
    SIMULATED: (EventKind.SALE, ORDER_15, "pro_01kbq6wqtv995cwfd2wsp2fkv2"),
}


def time(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


READINGS = {
    ONE_TIME: Reading(
        (
            Payment(
                ORDER_01,
                time("2025-11-02T09:14:27.381204"),
                (OrderLine("txnitm_01kbcz5jh0zmcwvtjeyafwjz6w", INKWELL_BASIC, 1, 5831),),
                "usd",
                NADIA,
                order_number="1526-67893",
            ),
        )
    ),
    PAID: Reading(ends=Ignored("transaction.paid")),
    FIRST: Reading(
        (
            Payment(
                ORDER_04,
                time("2025-11-02T10:02:04.118"),
                (
                    OrderLine(
                        "txnitm_01kbccs5cdrsb861ssth7kwfn2", INKWELL_SYNC, 1, 12000, SYNC_PRICE
                    ),
                ),
                "usd",
                LUCAS,
                order_number="1850-44015",
                subscription_id=SUBSCRIPTION,
                paid_until=time("2026-11-02T10:02:04.118"),
            ),
        )
    ),
    CREATED: Reading(
        (
            SubscriptionLink(
                SUBSCRIPTION,
                ORDER_04,
                time("2025-11-02T10:02:05.920113"),
                paid_until=time("2026-11-02T10:02:04.118"),
            ),
        )
    ),
    RENEWAL: Reading(
        (
            Payment(
                ORDER_06,
                time("2026-11-02T10:02:31.002"),
                (
                    OrderLine(
                        "txnitm_01kbs2gmmvckny6ns5kwwrzzex", INKWELL_SYNC, 1, 12000, SYNC_PRICE
                    ),
                ),
                "usd",
                LUCAS,
                order_number="7155-56042",
                subscription_id=SUBSCRIPTION,
                charge=True,
                paid_until=time("2027-11-03T10:02:04.118"),
            ),
        )
    ),
    PENDING: Reading(
        ends=Waits(NotedReason.REFUND_REQUESTED),
        note="a refund waits for Paddle's approval; nothing is taken back yet",
    ),
    REFUND: Reading(
        (
            Refund(
                ORDER_01,
                time("2025-11-09T17:02:00.800122"),
                whole=True,
                amount=5831,
                refund_id="adj_01kbg5myzke573k7zvt8mwacq3",
            ),
        )
    ),
    CHARGEBACK: Reading((Dispute(ORDER_10, time("2025-11-30T11:00:00.410338"), "open"),)),
    CANCELED: Reading(
        (
            SubscriptionState(
                SUBSCRIPTION, time("2026-11-02T10:02:04.118"), renews=False, ended=True
            ),
        )
    ),
    SANDBOX: Reading(
        (
            Payment(
                ORDER_14,
                time("2025-11-01T08:00:00"),
                (OrderLine("txnitm_01kb0hy344pd506gsy1qy14bsy", INKWELL_BASIC, 1, 4900),),
                "usd",
                Buyer("test.buyer@example.net", "test.buyer"),
                order_number="4266-37595",
                test=True,
            ),
        )
    ),
    SIMULATED: Reading(ends=Ignored(IgnoredReason.SIMULATION)),
}


def test_every_recorded_body_has_its_outcome() -> None:
    assert NAMES == sorted(KINDS) == sorted(READINGS)


@pytest.mark.parametrize("name", NAMES)
def test_body_is_named_by_its_kind_and_its_own_ids(name: str) -> None:
    kind, order_id, product_id = KINDS[name]

    naming = Paddle().name_request(recorded(name))
    assert naming.event_key is not None
    assert naming.event_key.startswith(("evt_", "ntfsimevt_"))
    products = () if product_id is None else (product_id,)
    assert naming == Naming(kind, order_id, products, naming.event_key)


@pytest.mark.parametrize("name", NAMES)
def test_body_is_read_into_its_facts(name: str) -> None:
    assert read(recorded(name, *known_customers())) == READINGS[name]


@pytest.mark.parametrize("name", [ONE_TIME, FIRST, RENEWAL, SANDBOX])
def test_payment_asks_for_its_customer(name: str) -> None:
    asks = read(recorded(name)).asks

    assert asks is not None
    assert asks.path.startswith("/customers/ctm_01k")
    assert (asks.about, asks.right) == ("the customer", "the permission customer.read")


@pytest.mark.parametrize("name", sorted({*NAMES} - {ONE_TIME, FIRST, RENEWAL, SANDBOX}))
def test_other_event_asks_nothing(name: str) -> None:
    assert read(recorded(name)).asks is None


def test_answer_for_another_customer_answers_nothing() -> None:
    assert read(recorded(FIRST, customer())).asks is not None
