"""Pings by Gumroad's rules, with random damage."""

import json
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

from hypothesis import given, strategies as st

from domain.errors import SaleInvalidError
from domain.facts import Ignored, Waits, payment_in
from domain.identifiers import is_usable, is_usable_order_id
from domain.sale import Sale
from kit.doors.base import Envelope
from storefronts.base import StoredRequest
from storefronts.body import FORM, JSON
from storefronts.gumroad.kinds import KIND_OF_RESOURCE
from storefronts.gumroad.storefront import Gumroad
from tests.support.sales import sale_in

GUMROAD = Gumroad(["invented-secret"], seller_id="suQPsAruPpWb_5E1C8BRkw==")
RECEIVED_AT = datetime(2026, 9, 1, 12, 0, 6, tzinfo=UTC)

identifiers = st.from_regex(r"[A-Za-z0-9_-]{22}==", fullmatch=True)
flags = st.sampled_from(["true", "false"])
anything = st.text(st.characters(exclude_categories=()), max_size=50)
seconds = st.floats(datetime(2011, 1, 1, tzinfo=UTC).timestamp(), RECEIVED_AT.timestamp())
times = seconds.map(lambda at: datetime.fromtimestamp(at, UTC).isoformat())

always = st.fixed_dictionaries(
    {
        "product_id": identifiers,
        "product_name": st.text(st.characters(exclude_categories=["C"]), min_size=1),
        "permalink": st.from_regex(r"[a-z]{1,20}", fullmatch=True),
        "email": st.emails(),
        "price": st.integers(0, 10**9).map(str),
        "currency": st.sampled_from(["usd", "eur", "jpy"]),
        "quantity": st.integers(1, 1000).map(str),
        "card[visual]": st.sampled_from(["", "**** 4242"]),
        "sale_id": identifiers,
        "sale_timestamp": times,
        "is_gift_receiver_purchase": flags,
    }
)
sometimes = st.fixed_dictionaries(
    {},
    optional={
        "full_name": anything,
        "subscription_id": identifiers,
        "variants[Tier]": anything,
        "offer_code": anything,
        "resource_name": st.just("sale"),
        "custom_fields[GitHub user]": anything,
        "url_params[utm_source]": anything,
        "retry_count": st.sampled_from(["1", "2", "3"]),
    },
)
sales = st.builds(lambda fields, more: {**fields, **more}, always, sometimes)
core = st.sampled_from(
    [
        *("sale_id", "product_id", "email", "price", "quantity", "sale_timestamp", "seller_id"),
        *("resource_name", "test", "refunded", "is_recurring_charge", "full_name", "offer_code"),
        *("is_preorder_authorization", "subscription_id", "permalink", "product_permalink"),
    ]
)
names = core | core.map(lambda name: f"custom_fields[{name}]") | anything
texts = (
    anything | flags | st.sampled_from(["sale", *KIND_OF_RESOURCE, "9" * 5000, "\r\n", "\ud800"])
)
broken = st.builds(lambda sale, wrong: {**sale, **wrong}, sales, st.dictionaries(names, texts))
bodies = st.binary(max_size=500)
content_types = st.sampled_from(["", FORM, JSON, f"{JSON}; charset=iso-8859-1"]) | anything
json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | anything,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=20,
)


def form(fields: dict[str, str]) -> StoredRequest:
    body = urlencode(fields, quote_via=quote, errors="surrogatepass")
    return StoredRequest(FORM, body.encode(), RECEIVED_AT)


def check(ping: StoredRequest) -> None:
    naming = GUMROAD.name_request(ping)
    assert naming.order_id is None or is_usable_order_id(naming.order_id)
    assert naming.product_id is None or is_usable(naming.product_id)
    outcome = parsed(ping)
    if isinstance(outcome, Sale):
        assert storable(outcome)
    elif isinstance(outcome, SaleInvalidError):
        assert outcome.sentence.isprintable()


def parsed(ping: StoredRequest) -> Sale | Ignored | Waits | SaleInvalidError | None:
    """Return what a run makes of the ping; None if it tells facts of another sale."""
    reading = GUMROAD.read(ping)
    if reading.ends is None and reading.facts and payment_in(reading.facts) is None:
        return None  # Its flags say, for example, that a payment went back.
    try:
        return sale_in(GUMROAD, ping)
    except SaleInvalidError as error:
        return error


def storable(sale: Sale) -> bool:
    product = sale.product
    texts = [sale.email, sale.name, sale.offer_code or "", sale.subscription_id or ""]
    texts += [product.name, *product.aliases, *(text for pair in product.variants for text in pair)]
    together = "".join(texts)
    return "\x00" not in together and together.encode().decode() == together


@given(sales)
def test_every_ping_after_the_rules_is_a_sale(fields: dict[str, str]) -> None:
    sale = sale_in(GUMROAD, form(fields))

    assert isinstance(sale, Sale)
    assert storable(sale)
    assert (sale.order_id, sale.email) == (fields["sale_id"], fields["email"])
    assert sale.name.strip() == sale.name != ""
    naming = GUMROAD.name_request(form(fields))
    assert (naming.kind, naming.order_id) == ("sale", sale.order_id)


@given(broken)
def test_a_broken_form_is_a_sale_or_ignored_or_a_sentence(fields: dict[str, str]) -> None:
    check(form(fields))


@given(sales, st.dictionaries(names, json_values, max_size=5))
def test_broken_json_is_a_sale_or_ignored_or_a_sentence(
    fields: dict[str, str], wrong: dict[str, object]
) -> None:
    check(StoredRequest(JSON, json.dumps({**fields, **wrong}).encode(), RECEIVED_AT))


@given(content_types, bodies)
def test_any_bytes_are_a_sale_or_ignored_or_a_sentence(content_type: str, body: bytes) -> None:
    check(StoredRequest(content_type, body, RECEIVED_AT))


@given(st.lists(st.tuples(st.just("authorization") | anything, anything), max_size=3), anything)
def test_any_stranger_stays_one(headers: list[tuple[str, str]], query: str) -> None:
    for envelope in (
        Envelope(tuple(headers), query),
        Envelope(tuple(headers), f"secret={query}"),
        Envelope((("authorization", f"Basic {query}"),), ""),
    ):
        assert GUMROAD.screen(envelope, RECEIVED_AT) is None
