"""Promises of every storefront for any request; a new storefront adds its sample here."""

from datetime import UTC, datetime

import pytest

from domain.errors import SaleInvalidError
from kit.doors.base import Envelope
from kit.doors.labeled_secrets import LabeledSecret
from storefronts.base import Naming, StoredRequest, Storefront
from storefronts.gumroad.storefront import Gumroad
from storefronts.lemonsqueezy.storefront import LemonSqueezy
from storefronts.paddle.storefront import Paddle
from storefronts.polar.storefront import Polar
from storefronts.registry import SOURCES
from storefronts.stripe.storefront import Stripe
from tests.storefronts.kiosk.storefront import Kiosk
from tests.support.cases import case
from tests.support.sales import sale_in

KINDS: tuple[type[Storefront], ...] = (Gumroad, Polar, Stripe, Paddle, LemonSqueezy, Kiosk)

SAMPLES: dict[type[Storefront], Storefront] = {
    Gumroad: Gumroad(["invented-secret"]),
    Stripe: Stripe([LabeledSecret("whsec_invented")]),
    Paddle: Paddle([LabeledSecret("pdl_ntfset_invented")]),
    LemonSqueezy: LemonSqueezy([LabeledSecret("invented, too")]),
    Polar: Polar([LabeledSecret("invented, secret")]),
    Kiosk: Kiosk([LabeledSecret("invented, secret")]),
}
RECEIVED_AT = datetime(2026, 9, 1, 12, 0, 6, tzinfo=UTC)
CONTENT_TYPES = [
    "",
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=utf-7",
    "application/json",
    "application/json; charset=\ud800",
    "multipart/form-data; boundary=x",
    "text/plain",
    ";;=;\x00",
]
HOSTILE_BODIES = {
    "empty": b"",
    "NUL": b"\x00" * 100,
    "no UTF-8": b"\xff\xfe\x80",
    "percent signs": b"%=%&%f=%%%",
    "only separators": b"&=&=&" * 100,
    "many fields": b"&".join(b"f%d=1" % number for number in range(100_000)),
    "a name without end": b"a[b]" * 250_000,
    "a value without end": b"a=" + b"x" * 1_000_000,
    "deep lists": b"[" * 20_000,
    "deep objects": b'{"a":' * 20_000,
    "JSON of a number": b"1",
    "JSON that ends early": b'{"a": "',
    "a huge number": b'{"quantity": 1' + b"0" * 5000 + b"}",
    "half a surrogate pair": b'{"sale_id": "\\ud800", "\\udfff": "\\ud800"}',
    "not a number": b'{"price": NaN, "quantity": -Infinity}',
    "wrong types": b'{"sale_id": {}, "email": [], "price": [1], "test": {"a": null}}',
    "null everywhere": b'{"sale_id": null, "email": null, "resource_name": null}',
}
HOSTILE_ENVELOPES = [
    Envelope((), ""),
    Envelope((), "secret=%FF&secret&&=\ud800&%"),
    Envelope((("authorization", ""), ("authorization", "Basic \ud800")), "x"),
    Envelope((("authorization", "Basic //79"), ("", "")), "\x00"),
]

every_storefront = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
HOSTILE_REQUESTS = {
    f"{name} as {content_type!r}": StoredRequest(content_type, body, RECEIVED_AT)
    for name, body in HOSTILE_BODIES.items()
    for content_type in CONTENT_TYPES
}
"""One test of a storefront takes them all: a test each would take longer than its question."""


def test_storefronts_have_different_names() -> None:
    assert len({*SOURCES, Kiosk.name}) == len(KINDS)


@every_storefront
@pytest.mark.parametrize("envelope", HOSTILE_ENVELOPES)
def test_a_strangers_request_is_nobodys(kind: type[Storefront], envelope: Envelope) -> None:
    assert SAMPLES[kind].screen(envelope, RECEIVED_AT) is None


@every_storefront
@pytest.mark.parametrize("envelope", HOSTILE_ENVELOPES)
def test_a_refusal_has_a_cause_that_quotes_nothing(
    kind: type[Storefront], envelope: Envelope
) -> None:
    cause = SAMPLES[kind].why_refused(envelope, RECEIVED_AT)

    assert cause.isprintable()
    assert cause.startswith(("its ", "it had "))


@every_storefront
def test_naming_never_raises_and_trusts_nothing_hostile(kind: type[Storefront]) -> None:
    for name, request in HOSTILE_REQUESTS.items():
        with case(name):
            naming = SAMPLES[kind].name_request(request)
            assert naming == Naming(naming.kind)


@every_storefront
def test_a_hostile_body_ends_in_a_sentence(kind: type[Storefront]) -> None:
    for name, request in HOSTILE_REQUESTS.items():
        with case(name):
            assert SAMPLES[kind].read(request).facts == ()
            with pytest.raises(SaleInvalidError) as raised:
                sale_in(SAMPLES[kind], request)
            assert raised.value.sentence.isprintable()


@every_storefront
def test_only_an_orders_own_rows_run_under_its_id(kind: type[Storefront]) -> None:
    storefront = SAMPLES[kind]

    assert storefront.workflow_id(7, "sale", "order") == f"{kind.name}:order"
    assert storefront.workflow_id(7, "refund", "order") == f"{kind.name}:event:7"
    assert storefront.workflow_id(7, "sale", None) == f"{kind.name}:event:7"
