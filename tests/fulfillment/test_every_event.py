"""Every kind of event that Gumroad sends has its outcome without a person's help."""

import json
from collections.abc import AsyncIterator
from urllib.parse import parse_qsl

import pytest

from fakes.postmark import FakePostmark
from mailers.postmark.service import PostmarkEmailService
from tests.support.ends import Case, ends_of, expected_ends, invalid
from tests.support.pings import changed, order_of, recorded
from tests.support.running import Mintpost, Setup, running

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

SELLER = "suQPsAruPpWb_5E1C8BRkw=="
PRODUCTS = """\
gumroad:
  - product_id: "fEv7TDvUDEKb-yaNdbudow=="  # Lumen Editor 3
    tier: core
  - product_id: "sDOLRWAJ9iPxvwmpujenuA=="  # Lumen Teams, a membership
    tier: studio
    months: 1
    seats: 5
  - product_id: lumen4
    tier: four
  - product_id: ubrsc
    tier: kit
"""
ADA = "ada.buyer@example.com"
ORDINARY = recorded("01")
MEMBERSHIP = recorded("05")
PREORDER = recorded("30")
CANCELLATION = recorded("16")
OVERWRITES = (
    "a custom field of the product is named {} and overwrites Gumroad's own; "
    "it must have another name"
)


@pytest.fixture
async def shop(setup: Setup, mailer: PostmarkEmailService) -> AsyncIterator[Mintpost]:
    """Run a Mintpost that knows its seller and has a real provider."""
    setup.products, setup.mailer, setup.seller_id = PRODUCTS, mailer, SELLER
    async with running(setup) as started:
        yield started


def order_named(body: bytes) -> str | None:
    return dict(parse_qsl(body.decode())).get("sale_id")


def without(body: bytes, field: str) -> bytes:
    return b"&".join(pair for pair in body.split(b"&") if not pair.startswith(f"{field}=".encode()))


def sold(body: bytes, *, kind: str = "sale", note: str | None = None) -> Case:
    return Case(body, "fulfilled", order_of(body), kind, note=note)


def ignored(why: str, body: bytes, *, kind: str = "sale") -> Case:
    return Case(body, f"ignored:{why}", order_named(body), kind)


def event(kind: str, body: bytes) -> Case:
    """Expect a fact that waits for its sale."""
    named = changed(body, resource_name=kind)
    return Case(named, "noted:no_sale_yet", order_named(named), kind)


def failed(what: str, body: bytes, *, kind: str = "sale", order_id: str | None = None) -> Case:
    return Case(body, "failed", order_id, kind, invalid(what))


def overwritten(field: str) -> bytes:
    """Return a new sale with a custom field that has overwritten Gumroad's own."""
    words = "the buyer's words"
    own = {"sale_id": f"custom-{field}=="}
    return changed(ORDINARY, **(own | {field: words, f"custom_fields[{field}]": words}))


def as_typed_json(sale_id: str) -> Case:
    """Expect a fulfilled sale from JSON with numbers, booleans and objects."""
    typed = {"sale_id": sale_id, "price": 2900, "quantity": 2, "refunded": False}
    nested = {"variants": {"Edition": "Core"}, "card": {"visual": None, "bin": []}}
    body = json.dumps(dict(parse_qsl(ORDINARY.decode())) | typed | nested).encode()
    return Case(body, "fulfilled", sale_id, content_type="application/json")


async def test_every_event_that_is_a_sale_mints_and_mails(
    shop: Mintpost, postmark: FakePostmark
) -> None:
    component = changed(ORDINARY, price="0", order_number="77")
    cases = {
        "sale": sold(ORDINARY),
        "without resource_name": sold(
            without(changed(ORDINARY, sale_id="bare=="), "resource_name")
        ),
        "as JSON": as_typed_json("json=="),
        "seller's own test": sold(recorded("22")),
        "gift": sold(recorded("07")),
        "component": sold(changed(component, sale_id="component-1==")),
        "component beside it": sold(changed(component, sale_id="component-2==")),
        "charge of an unknown membership": sold(recorded("06"), kind="recurring_charge"),
        "several seats": sold(
            changed(
                MEMBERSHIP,
                sale_id="seats==",
                subscription_id="seats==",
                is_multiseat_license="true",
                quantity="4",
            )
        ),
        "authorization": ignored("preorder", PREORDER, kind="preorder"),
        "release": sold(
            without(changed(PREORDER, sale_id="release=="), "is_preorder_authorization")
        ),
        "custom field": sold(overwritten("GitHub")),
        "custom quantity": sold(
            overwritten("quantity"),
            note="custom fields overwrite Gumroad's own, which were not read: quantity",
        ),
    }
    assert await ends_of(shop, cases) == expected_ends(cases)
    minted = {row.order_id: row for row in await shop.licenses()}
    assert {
        name: (row.tier, row.seats, row.test, row.email, row.name)
        for name, case in cases.items()
        if (row := minted.get(case.order_id or ""))
    } == {
        "sale": ("core", 1, False, ADA, "Ada Buyer"),
        "without resource_name": ("core", 1, False, ADA, "Ada Buyer"),
        "as JSON": ("core", 2, False, ADA, "Ada Buyer"),
        "seller's own test": ("core", 1, True, "owner@lumenapp.example", "Lumen Owner"),
        # The full name is the giver's, and the mail must not greet the giver.
        "gift": ("core", 1, False, "giftee@example.org", "giftee"),
        "component": ("core", 1, False, ADA, "Ada Buyer"),
        "component beside it": ("core", 1, False, ADA, "Ada Buyer"),
        "charge of an unknown membership": (
            "studio",
            5,
            False,
            "ada.new@example.com",
            "Ada Buyer",
        ),
        "several seats": ("studio", 20, False, ADA, "Ada Buyer"),
        "release": ("four", 1, False, ADA, "Polly Pre"),
        "custom field": ("core", 1, False, ADA, "Ada Buyer"),
        "custom quantity": ("core", 1, False, ADA, "Ada Buyer"),
    }
    mails = [mail.message for mail in postmark.accepted]
    assert sorted(mail["To"] for mail in mails) == sorted(
        row.email or "" for row in minted.values()
    )
    (gift,) = [mail for mail in mails if mail["To"] == "giftee@example.org"]
    assert "Gener" not in gift["TextBody"] + gift["HtmlBody"]
    (test,) = [mail for mail in mails if mail["Subject"].startswith("[TEST]")]
    assert test["To"] == "owner@lumenapp.example"


async def test_every_event_that_is_no_sale_mints_and_mails_nothing(
    shop: Mintpost, postmark: FakePostmark
) -> None:
    foreign = changed(ORDINARY, seller_id="another==", sale_id="foreign==")
    refunded = changed(ORDINARY, sale_id="refunded==", refunded="true")
    cases = {
        "refund": event("refund", recorded("12")),
        "partial refund": event("refund", recorded("13")),
        "dispute": event("dispute", recorded("14")),
        "dispute won": event("dispute_won", recorded("15")),
        "cancellation": event("cancellation", CANCELLATION),
        "update": event("subscription_updated", recorded("21")),
        "end": event("subscription_ended", recorded("19")),
        "restart": event("subscription_restarted", recorded("20")),
        "resend of a refunded sale": ignored("refunded", refunded),
        "resend of a disputed sale": ignored(
            "disputed", changed(ORDINARY, sale_id="disputed==", disputed="true")
        ),
        "resend of a refunded charge": ignored(
            "refunded", changed(recorded("06"), refunded="true"), kind="recurring_charge"
        ),
        "test button": ignored("test_ping", recorded("23"), kind="test_ping"),
        "foreign sale": ignored("foreign_seller", foreign),
        "foreign refund": ignored(
            "foreign_seller", changed(foreign, resource_name="refund"), kind="refund"
        ),
        "foreign test button": ignored(
            "foreign_seller",
            changed(recorded("23"), seller_id="another==", sale_id="foreign-test=="),
            kind="test_ping",
        ),
        "unknown event": Case(
            changed(ORDINARY, sale_id="payout==", resource_name="payout"),
            "noted:unknown_event",
            "payout==",
            "unknown",
        ),
        "test button or sale": failed(
            OVERWRITES.format("test"),
            without(overwritten("test"), "resource_name"),
            kind="unknown",
            order_id="custom-test==",
        ),
    } | {
        f"custom {field}": failed(
            OVERWRITES.format(field),
            overwritten(field),
            order_id=None if field == "sale_id" else f"custom-{field}==",
        )
        for field in ("email", "product_id", "sale_id")
    }
    assert await ends_of(shop, cases) == expected_ends(cases)
    assert await shop.licenses() == []
    assert await shop.deliveries() == []
    assert postmark.accepted == []


async def test_another_sellers_test_button_is_refused_even_where_an_operator_waits(
    setup: Setup, mailer: PostmarkEmailService, postmark: FakePostmark
) -> None:
    setup.mailer, setup.seller_id, setup.operator = mailer, "another==", "owner@lumenapp.example"
    async with running(setup) as mintpost:
        await mintpost.ping(recorded("23"))
        (row,) = await mintpost.settled()
    assert (row.kind, row.outcome) == ("test_ping", "ignored:foreign_seller")
    assert postmark.accepted == []


async def test_24_name_in_any_script_is_minted_and_its_address_told_as_unmailable(
    shop: Mintpost, postmark: FakePostmark
) -> None:
    await shop.ping(recorded("24"))
    (row,) = await shop.settled()
    assert (row.outcome, row.error) == (
        "failed",
        (
            "no mail can be sent to the address of delivery 1: "
            f"correct it with `mintpost resend gumroad:{row.order_id} --to ADDRESS`"
        ),
    )
    (license_,) = await shop.licenses()
    assert (license_.tier, license_.email) == ("kit", "zoë.müller@example.com")
    assert license_.name == "Zoë “Ζωή” 王小明 🦄\u200d"
    assert postmark.accepted == []
