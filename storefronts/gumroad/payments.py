"""The payment of a ping."""

from datetime import datetime

from domain.calendar_days import months_after
from domain.facts import Buyer, OrderLine, Payment
from domain.identifiers import is_usable
from domain.sale import CORRECTED, Product
from domain.text import plain_text
from storefronts import values
from storefronts.base import StoredRequest
from storefronts.gumroad.fields import PingFields
from storefronts.gumroad.recurrences import MONTHS
from storefronts.gumroad.times import delay

MOST_COPIES = 1_000_000
MOST_CENTS = 10**12
CLEANED = "characters that nobody sees were left out of the address"
UNKNOWN_RECURRENCE = "its recurrence is unknown, so the product mapping gives the term"
ONLY_LINE = "1"
"""Gumroad sends a ping with its own order for each product of a checkout."""


def payment_of(fields: PingFields, ping: StoredRequest, *, charge: bool = False) -> Payment:
    order_id = values.order_identifier("sale_id", fields.own_text("sale_id"))
    email, replaced = _address(fields, ping)
    sold_at = _sold_at(fields, ping)
    months = MONTHS.get(fields.usable("recurrence", is_usable) or "")
    notes = (
        fields.overwriting(),
        replaced,
        UNKNOWN_RECURRENCE if months is None and fields.tells("recurrence") else None,
        values.wrong_clock(sold_at, ping.received_at, ping.read_at),
    )
    return Payment(
        order_id=order_id,
        at=sold_at,
        lines=(_line(fields),),
        # `currency` is only the currency of the product's page; the price is in dollars.
        currency="usd",
        buyer=Buyer(email, _name(fields, email)),
        giver=_giver(fields),
        order_number=plain_text(fields.text("order_number")) or None,
        offer_code=plain_text(fields.text("offer_code")) or None,
        subscription_id=_subscription_id(fields),
        charge=charge,
        test=fields.flag("test"),
        written_at=_written_at(fields, ping.received_at),
        note="; ".join(note for note in notes if note is not None) or None,
        months=months,
        paid_until=_paid_until(fields, sold_at, months),
        shop_key=(fields.usable("license_key", is_usable) or "").strip() or None,
    )


def _paid_until(fields: PingFields, sold_at: datetime, months: int | None) -> datetime | None:
    """Return the end of the paid time if nobody knows the price; None: price and months tell it.

    An unknown price counts as 0, and a free payment buys time without an end. No buyer gets that
    by words in a field.
    """
    is_unknown = "price" in fields.overwritten
    return months_after(sold_at, months) if is_unknown and months is not None else None


def _line(fields: PingFields) -> OrderLine:
    return OrderLine(
        ONLY_LINE,
        _product(fields),
        quantity=fields.whole_number("quantity", 1, MOST_COPIES, when_overwritten=1),
        price=fields.whole_number("price", 0, MOST_CENTS, when_overwritten=0),
    )


def _product(fields: PingFields) -> Product:
    product_id = values.identifier("product_id", fields.own_text("product_id"))
    link = fields.text("product_permalink")
    last_part = link.partition("?")[0].rstrip("/").rpartition("/")[2]
    names = (fields.text("permalink"), fields.text("short_product_id"), last_part, link)
    return Product(
        product_id=product_id,
        name=plain_text(fields.text("product_name")) or product_id,
        aliases=tuple(name for name in dict.fromkeys(names) if is_usable(name)),
        variants=fields.variants(),
    )


def _address(fields: PingFields, ping: StoredRequest) -> tuple[str, str | None]:
    """Return the buyer's address, and a note if the address differs from the body's text."""
    if ping.address is not None:
        return ping.address, CORRECTED
    text = fields.own_text("email")
    email = values.address("email", text)
    return email, None if email == text else CLEANED


def _name(fields: PingFields, email: str) -> str:
    # The full_name of a gift is the giver's.
    is_gift = fields.flag("is_gift_receiver_purchase")
    full_name = "" if is_gift else plain_text(fields.text("full_name"))
    return full_name or plain_text(email.rpartition("@")[0])


def _giver(fields: PingFields) -> str | None:
    if not fields.flag("is_gift_receiver_purchase"):
        return None
    named = (plain_text(fields.text(name)) for name in ("full_name", "gifter_email"))
    return " ".join(each for each in named if each) or None


def _sold_at(fields: PingFields, ping: StoredRequest) -> datetime:
    text = fields.text("sale_timestamp")
    if not text:
        return values.arrival(ping.received_at, ping.read_at)
    return values.moment("sale_timestamp", text, known_at=ping.received_at, read_at=ping.read_at)


def _written_at(fields: PingFields, received_at: datetime) -> datetime | None:
    after = delay(fields)
    return None if after is None else received_at - after


def _subscription_id(fields: PingFields) -> str | None:
    text = fields.text("subscription_id")
    return values.identifier("subscription_id", text) if text else None
