"""The webhook answers bad input with 200, keeps it as an event, and shows a sentence."""

import json
from collections.abc import Mapping
from dataclasses import replace
from itertools import count
from urllib.parse import parse_qsl

import pytest

from api.bodies import LONGEST_BODY
from db.requests import load_request
from tests.support.ends import Case, ends_of, expected_ends, invalid
from tests.support.pings import changed, order_of, recorded
from tests.support.running import FORM, Mintpost

ORDINARY = recorded("01")
FIELDS = dict(parse_qsl(ORDINARY.decode()))
JSON = "application/json"
NUMBERS = count(1)
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

MISSING = "is missing; every sale must have it"
PRODUCT_ID = "product_id must be 1 to 200 printable characters"
SALE_ID = "sale_id must be 1 to 200 printable characters without a colon"
EMAIL = "email must be one bare e-mail address"
PRICE = "price must be a whole number from 0 to 1000000000000"
QUANTITY = "quantity must be a whole number from 1 to 1000000"
TIME = "sale_timestamp must be a time such as 2026-09-01T12:00:05Z"
TIME_RANGE = "sale_timestamp must lie between 2005 and the arrival of the request"
BOTH_TYPES = "it must be application/x-www-form-urlencoded or application/json"
NO_JSON = "its body says it is JSON and is not; it must be valid"
TOO_DEEP = "its JSON is nested deeper than 20 levels"
TOO_MANY = "its body has more than 10000 fields"
TOO_LONG = "a field's name is too long; it must be at most 1000 characters"
GOOD = Case(ORDINARY, "fulfilled", order_of(ORDINARY))


def refused(
    what: str,
    body: bytes,
    order_id: str | None = None,
    kind: str = "sale",
    content_type: str = FORM,
) -> Case:
    return Case(body, "failed", order_id, kind, invalid(what), content_type=content_type)


def unread(what: str, body: bytes, content_type: str = FORM) -> Case:
    """Expect an unreadable body, of an unknown kind."""
    return refused(what, body, kind="unknown", content_type=content_type)


def wrong(what: str, *, kind: str = "sale", **fields: str) -> Case:
    """Expect a refusal of a sale with a good id and these fields."""
    order_id = new_order()
    return refused(what, changed(ORDINARY, sale_id=order_id, **fields), order_id, kind)


def replaced(what: str, old: bytes, new: bytes) -> Case:
    """Expect a refusal of a sale with a replaced piece of its encoded body."""
    case = wrong(what)
    return refused(what, case.body.replace(old, new), case.order_id)


def wrong_json(what: str, **fields: str | int) -> Case:
    order_id = new_order()
    body = json.dumps(FIELDS | {"sale_id": order_id} | fields).encode()
    named = None if "sale_id" in fields else order_id
    return refused(what, body, named, content_type=JSON)


def nameless(sale_id: str, what: str = SALE_ID) -> Case:
    return refused(what, changed(ORDINARY, sale_id=sale_id))


def fulfilled(**fields: str) -> Case:
    order_id = fields.pop("sale_id", None) or new_order()
    return Case(changed(ORDINARY, sale_id=order_id, **fields), "fulfilled", order_id)


def fulfilled_json(**fields: str) -> Case:
    order_id = new_order()
    body = json.dumps(FIELDS | {"sale_id": order_id} | fields).encode()
    return Case(body, "fulfilled", order_id, content_type=JSON)


def new_order() -> str:
    return f"order-{next(NUMBERS)}"


async def check(mintpost: Mintpost, cases: Mapping[str, Case]) -> None:
    """Send all cases, and a good sale at the end. Each event must end like its case."""
    cases = {**cases, "the next good sale": GOOD}
    assert await ends_of(mintpost, cases) == expected_ends(cases)


@ON_SQLITE
async def test_wrong_field_fails_its_sale_with_what_would_be_right(mintpost: Mintpost) -> None:
    cases = {
        "no product_id": replaced(f"product_id {MISSING}", b"&product_id=", b"&not_product_id="),
        "empty product_id": wrong(f"product_id {MISSING}", product_id=""),
        "long product_id": wrong(PRODUCT_ID, product_id="p" * 5000),
        "no email": replaced(f"email {MISSING}", b"&email=", b"&not_email="),
        "empty email": wrong(f"email {MISSING}", email=""),
        "no address": wrong(EMAIL, email="no address"),
        "two addresses": wrong(EMAIL, email="ada@example.com, eve@example.com"),
        "line break": wrong(EMAIL, email="ada@example.com\r\nBcc: eve@example.com"),
        "long address": wrong(EMAIL, email=f"{'a' * 5000}@example.com"),
        "no number": wrong(PRICE, price="free"),
        "dollars": wrong(PRICE, price="29.00"),
        "negative price": wrong(PRICE, price="-2900"),
        "no price": wrong(f"price {MISSING}", price=""),
        "quantity 0": wrong(QUANTITY, quantity="0"),
        "negative quantity": wrong(QUANTITY, quantity="-1"),
        "no time": wrong(TIME, sale_timestamp="yesterday"),
        "no date": wrong(TIME, sale_timestamp="2026-13-45T99:99:99Z"),
        "before year 1": wrong(TIME, sale_timestamp="0001-01-01T00:00:00+14:00"),
        "long ago": wrong(TIME_RANGE, sale_timestamp="1970-01-01T00:00:00Z"),
        "far ahead": wrong(TIME_RANGE, sale_timestamp="9999-12-31T23:59:59Z"),
        "no flag": wrong('refunded must be "true" or "false"', refunded="perhaps"),
        "charge of nothing": wrong(
            "a recurring charge must have a subscription_id",
            kind="recurring_charge",
            is_recurring_charge="true",
        ),
        "given twice": replaced(
            "email is given twice with different values; it must be once",
            b"&email=",
            b"&email=eve%40example.com&email=",
        ),
    }
    await check(mintpost, cases)
    assert len(await mintpost.licenses()) == 1


@ON_SQLITE
async def test_sale_whose_id_cannot_be_used_runs_under_its_rows_own(stepped: Mintpost) -> None:
    twice = "sale_id is given twice with different values; it must be once"
    cases = {
        "none": refused(f"sale_id {MISSING}", ORDINARY.replace(b"&sale_id=", b"&not_sale_id=")),
        "empty": nameless("", f"sale_id {MISSING}"),
        "colon": nameless("event:1"),
        "long": nameless("s" * 5000),
        "line break": nameless("one\ntwo"),
        "two": refused(twice, ORDINARY + b"&sale_id=other"),
        # Odd ids are good, if every part of Mintpost can carry them.
        "slashes": fulfilled(sale_id="../../a//b%2F?c#d"),
        "longest": fulfilled(sale_id="\N{UNICORN FACE}" * 200),
    }
    await check(stepped, cases)


@ON_SQLITE
async def test_unreadable_body_fails_with_what_could_be_read(stepped: Mintpost) -> None:
    no_type = f'its content type "{{}}" cannot be read; {BOTH_TYPES}'
    multipart = "multipart/form-data"
    two_prices = wrong_json("price is given twice with different values; it must be once")
    cases = {
        "no body": unread(f"its body is empty; {BOTH_TYPES}", b""),
        "multipart": unread(no_type.format(multipart), b"--x", f"{multipart}; boundary=x"),
        "plain": unread(no_type.format("text/plain"), ORDINARY, "text/plain"),
        "charset": unread(
            'its charset "klingon" is unknown; it must be utf-8',
            ORDINARY,
            f"{FORM}; charset=klingon",
        ),
        "no JSON": unread(NO_JSON, ORDINARY, JSON),
        "JSON list": unread("its JSON is no object; it must be one, as in {…}", b"[]", JSON),
        "deep JSON": unread(TOO_DEEP, b'{"a":' * 20_000, JSON),
        "deep lists": unread(TOO_DEEP, b'{"a":' + b"[" * 20_000, JSON),
        "deep closed JSON": unread(TOO_DEEP, b'{"a":' * 5000 + b"1" + b"}" * 5000, JSON),
        "deep brackets": unread(TOO_LONG, ORDINARY + b"&a" + b"[b]" * 5000 + b"=1"),
        "many fields": unread(TOO_MANY, ORDINARY + b"&f=1" * 10_000),
        "bytes": refused(f"sale_id {MISSING}", bytes(range(256))),
        "two keys": replace(two_prices, body=two_prices.body[:-1] + b', "price": 1}'),
    }
    await check(stepped, cases)


async def test_what_no_database_takes_is_left_out_or_refused(stepped: Mintpost) -> None:
    """PostgreSQL refuses NUL, no driver encodes half a character, and numbers have limits."""
    half = "\ud83e"
    cases = {
        "NUL in a name": fulfilled(full_name="A\0da Buyer", product_name="Lumen\0"),
        "NUL in free text": fulfilled(offer_code="\0", order_number="2\0", referrer="\0"),
        "NUL in a variant": fulfilled(**{"variants[Edition]": "Pro\0", "variants[\0]": "\0"}),
        "half a name": fulfilled_json(full_name=f"Ada {half}", product_name=half),
        "half a text": fulfilled_json(offer_code=half, order_number=half, permalink=half),
        "largest numbers": fulfilled(price=str(10**12), quantity="1000000"),
        "NUL in an id": nameless("a\0b"),
        "NUL in a product": wrong(PRODUCT_ID, product_id="a\0b"),
        "NUL in an address": wrong(EMAIL, email="ada\0@example.com"),
        "NUL in quotes": wrong(EMAIL, email='"ada\0"@example.com'),
        "NUL in a subscription": wrong(
            PRODUCT_ID.replace("product", "subscription"), subscription_id="a\0b"
        ),
        "half an id": wrong_json(SALE_ID, sale_id=half),
        "half a product": wrong_json(PRODUCT_ID, product_id=half),
        "half an address": wrong_json(EMAIL, email=f"{half}@example.com"),
        "no UTF-8": replaced(EMAIL, b"ada.buyer", b"ada%FF"),
        "too many": wrong(QUANTITY, quantity=str(10**12)),
        "too dear": wrong(PRICE, price=str(10**13)),
        "5,000 digits": wrong_json(PRICE, price="9" * 5000),
    }
    await check(stepped, cases)
    minted = {row.order_id: row for row in await stepped.licenses()}
    named = [minted[case.order_id].name for case in cases.values() if case.order_id in minted]
    assert named == ["Ada Buyer", "Ada Buyer", "Ada Buyer", "Ada", "Ada Buyer", "Ada Buyer"]
    assert minted[cases["NUL in a variant"].order_id or ""].tier == "pro"
    assert minted[cases["largest numbers"].order_id or ""].seats == 1_000_000


@ON_SQLITE
@pytest.mark.parametrize("email", ["zoë@example.com", '"ada, eve"@example.com'])
async def test_address_that_cannot_be_mailed_gets_its_license_and_fails_at_the_mail(
    mintpost: Mintpost, email: str
) -> None:
    case = Case(
        changed(ORDINARY, email=email),
        "failed",
        order_of(ORDINARY),
        error="no mail can be sent to the address of delivery 1: "
        f"correct it with `mintpost resend gumroad:{order_of(ORDINARY)} --to ADDRESS`",
    )
    assert await ends_of(mintpost, {email: case}) == expected_ends({email: case})
    (license_,) = await mintpost.licenses()
    (delivery,) = await mintpost.deliveries()
    assert (license_.email, delivery.status) == (email, "refused")
    await mintpost.ping(recorded("28"))
    assert (await mintpost.settled())[0].outcome == "fulfilled"


@ON_SQLITE
async def test_body_of_two_mebibytes_is_kept_to_one_and_its_size_told(mintpost: Mintpost) -> None:
    large = wrong("its body has 2,097,152 bytes, of which 1,048,576 were kept")
    body = (large.body + b"&padding=").ljust(2 * LONGEST_BODY, b"x")
    await check(mintpost, {"2 MiB": replace(large, body=body)})
    request = await mintpost.database.read(load_request, 1)
    assert (request.body, request.body_bytes) == (body[:LONGEST_BODY], len(body))
