"""Gumroad's pings, after its published source (2025-04 and 2026-08 states)."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from typing_extensions import override

from domain.errors import SaleInvalidError
from domain.event import EventKind, IgnoredReason
from domain.identifiers import is_usable
from domain.sale import CORRECTED, Ignored, Product, Sale
from domain.text import plain_text
from storefronts import values
from storefronts.base import StoredRequest, Storefront
from storefronts.gumroad.door import GumroadDoor
from storefronts.gumroad.fields import PingFields, read_fields
from storefronts.gumroad.kinds import kind_of

# How long after the first attempt a retry comes, by its `retry_count` (2026-08).
RETRIED_AFTER = {"1": timedelta(minutes=1), "2": timedelta(minutes=4), "3": timedelta(minutes=14)}
MOST_COPIES = 1_000_000
MOST_CENTS = 10**12
CLEANED = "characters that nobody sees were left out of the address"


class Gumroad(GumroadDoor, Storefront):
    """Both halves: the API opens it with secrets, the worker without any."""

    def __init__(self, secrets: Sequence[str] = (), seller_id: str | None = None) -> None:
        super().__init__(secrets)
        self._seller_id = seller_id

    @override
    def parse(self, ping: StoredRequest) -> Sale | Ignored:
        fields = read_fields(ping)
        kind = kind_of(fields)
        if self._seller_id and fields.text("seller_id") not in {"", self._seller_id}:
            return Ignored(IgnoredReason.FOREIGN_SELLER)
        if kind is EventKind.UNKNOWN:
            name = values.quotable(fields.text("resource_name"))
            raise SaleInvalidError(f'resource_name{name} is unknown; a sale\'s must be "sale"')
        if kind not in {EventKind.SALE, EventKind.RECURRING_CHARGE}:
            return Ignored(kind)
        if fields.flag("refunded"):
            return Ignored(IgnoredReason.REFUNDED)
        sale = self._sale(fields, ping)
        if kind is EventKind.RECURRING_CHARGE and sale.subscription_id is None:
            raise SaleInvalidError("a recurring charge must have a subscription_id")
        return sale

    @override
    def parse_test(self, ping: StoredRequest) -> Sale:
        return self._sale(read_fields(ping), ping)

    @override
    def is_undone(self, pings: Iterable[StoredRequest]) -> bool:
        # A partial refund says `refunded=false`; a dispute may be won before the sale is minted.
        told = [flags for ping in pings for flags in _flags(ping)]
        return "refunded" in told or ("disputed" in told and "dispute_won" not in told)

    def _sale(self, fields: PingFields, ping: StoredRequest) -> Sale:
        order_id = values.order_identifier("sale_id", fields.own_text("sale_id"))
        email, replaced = _address(fields, ping)
        sold_at = _sold_at(fields, ping)
        notes = (
            fields.overwriting(),
            replaced,
            values.wrong_clock(sold_at, ping.received_at, ping.read_at),
        )
        return Sale(
            source=self.name,
            order_id=order_id,
            product=_product(fields),
            quantity=fields.whole_number("quantity", 1, MOST_COPIES, when_overwritten=1),
            price_cents=fields.whole_number("price", 0, MOST_CENTS, when_overwritten=0),
            # The field `currency` is only what the product is listed in; the price is dollars.
            currency="usd",
            email=email,
            name=_name(fields, email),
            sold_at=sold_at,
            order_number=plain_text(fields.text("order_number")) or None,
            offer_code=plain_text(fields.text("offer_code")) or None,
            subscription_id=_subscription_id(fields),
            test=fields.flag("test"),
            note="; ".join(note for note in notes if note is not None) or None,
            written_at=_written_at(fields, ping.received_at),
            giver=_giver(fields),
        )


def _flags(ping: StoredRequest) -> list[str]:
    try:
        fields = read_fields(ping)
        return [name for name in ("refunded", "disputed", "dispute_won") if fields.flag(name)]
    except SaleInvalidError:
        return []


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
    """Return the buyer's address, and a note where it is not the very one of the body."""
    if ping.address is not None:
        return ping.address, CORRECTED
    text = fields.own_text("email")
    email = values.address("email", text)
    return email, None if email == text else CLEANED


def _name(fields: PingFields, email: str) -> str:
    # A gift's full_name is the giver's.
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
    """Return when a retry's body was written: it repeats that of its first attempt."""
    try:
        after = RETRIED_AFTER.get(fields.text("retry_count"))
    except SaleInvalidError:
        return None
    return None if after is None else received_at - after


def _subscription_id(fields: PingFields) -> str | None:
    text = fields.text("subscription_id")
    return values.identifier("subscription_id", text) if text else None
