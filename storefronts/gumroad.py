"""Gumroad's pings, after its published source (2025-04 and 2026-08 states).

A ping has no signature: the secret stands in the URL that the seller gave to Gumroad.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

from typing_extensions import override

from domain.errors import SaleInvalidError
from domain.event import FOREIGN_SELLER, Kind
from domain.identifiers import is_usable, is_usable_order_id
from domain.sale import Ignored, Product, Sale, Variants
from storefronts import values
from storefronts.base import Envelope, Naming, Ping, Storefront
from storefronts.body import Fields, read_body
from storefronts.url_secret import UrlSecrets

MOST_COPIES = 1_000_000
MOST_CENTS = 10**12
READ = {
    *("full_name", "gifter_email", "is_gift_receiver_purchase", "is_preorder_authorization"),
    *("is_recurring_charge", "offer_code", "order_number", "permalink", "price"),
    *("product_name", "product_permalink", "quantity", "refunded", "resource_name"),
    *("sale_timestamp", "seller_id", "short_product_id", "subscription_id", "test"),
}
EVENTS: Mapping[str, Kind] = {
    "refund": "refund",
    "dispute": "dispute",
    "dispute_won": "dispute_won",
    "cancellation": "cancellation",
    "subscription_updated": "subscription_updated",
    "subscription_ended": "subscription_ended",
    "subscription_restarted": "subscription_restarted",
}


class Gumroad(Storefront):
    name: ClassVar[str] = "gumroad"

    def __init__(self, secrets: Sequence[str], seller_id: str | None = None) -> None:
        self._secrets = UrlSecrets(secrets)
        self._seller_id = seller_id

    @override
    def authenticate(self, envelope: Envelope) -> int | None:
        return self._secrets.match(envelope)

    @override
    def name_ping(self, ping: Ping) -> Naming:
        try:
            fields = _read(ping)
        except SaleInvalidError:
            return Naming("unknown")
        return Naming(
            _kind_or_unknown(fields),
            order_id=fields.usable("sale_id", is_usable_order_id),
            product_id=fields.usable("product_id", is_usable),
        )

    @override
    def parse(self, ping: Ping) -> Sale | Ignored:
        fields = _read(ping)
        kind = _kind(fields)
        if self._seller_id and fields.text("seller_id") not in {"", self._seller_id}:
            return Ignored(FOREIGN_SELLER)
        if kind == "unknown":
            name = values.quotable(fields.text("resource_name"))
            raise SaleInvalidError(f'resource_name{name} is unknown; a sale\'s must be "sale"')
        if kind not in {"sale", "recurring_charge"}:
            return Ignored(kind)
        if fields.flag("refunded"):
            return Ignored("refunded")
        sale = self._sale(fields, ping.received_at)
        if kind == "recurring_charge" and sale.subscription_id is None:
            raise SaleInvalidError("a recurring charge must have a subscription_id")
        return sale

    @override
    def parse_test(self, ping: Ping) -> Sale:
        return self._sale(_read(ping), ping.received_at)

    @override
    def is_undone(self, pings: Iterable[Ping]) -> bool:
        # A partial refund says `refunded=false`; a dispute may be won before the sale is minted.
        told = [flags for ping in pings for flags in _flags(ping)]
        return "refunded" in told or ("disputed" in told and "dispute_won" not in told)

    def _sale(self, fields: "_PingFields", received_at: datetime) -> Sale:
        order_id = values.order_identifier("sale_id", fields.own_text("sale_id"))
        email = values.address("email", fields.own_text("email"))
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
            sold_at=_sold_at(fields, received_at),
            order_number=values.plain_text(fields.text("order_number")) or None,
            offer_code=values.plain_text(fields.text("offer_code")) or None,
            subscription_id=_subscription_id(fields),
            test=fields.flag("test"),
            note=fields.overwriting(),
            giver=_giver(fields),
        )


@dataclass(frozen=True, slots=True)
class _PingFields:
    """A ping's fields without those that a custom field has overwritten.

    Gumroad copies each custom field to the top level over a field of its own of that name
    (2026-08): what stands there is then the buyer's choice, be it `permalink` or `quantity`.
    """

    fields: Fields
    overwritten: frozenset[str]

    def text(self, name: str) -> str:
        return "" if name in self.overwritten else self.fields.value(name)

    def own_text(self, name: str) -> str:
        """Return the text of a field without which there is no sale."""
        if name in self.overwritten:
            raise SaleInvalidError(
                f"a custom field of the product is named {name} and overwrites Gumroad's own; "
                "it must have another name"
            )
        return self.fields.value(name)

    def flag(self, name: str) -> bool:
        return values.flag(name, self.text(name))

    def whole_number(self, name: str, least: int, most: int, *, when_overwritten: int) -> int:
        if name in self.overwritten:
            return when_overwritten
        return values.whole_number(name, self.fields.value(name), least, most)

    def usable(self, name: str, rule: Callable[[str], bool]) -> str | None:
        try:
            text = self.text(name)
        except SaleInvalidError:
            return None
        return text if rule(text) else None

    def overwriting(self) -> str | None:
        """Name the fields that were not trusted, those only that would have been read."""
        names = sorted(self.overwritten & READ)
        if not names:
            return None
        return f"custom fields overwrite Gumroad's own, which were not read: {', '.join(names)}"

    def variants(self) -> Variants:
        return tuple(
            (values.plain_text(category), values.plain_text(choice))
            for category, choice in self.fields.group("variants")
        )


def _read(ping: Ping) -> _PingFields:
    fields = read_body(ping.content_type, ping.body)
    return _PingFields(fields, fields.names_in("custom_fields"))


def _kind(fields: _PingFields) -> Kind:
    resource = fields.text("resource_name")
    if resource not in {"", "sale"}:
        return EVENTS.get(resource, "unknown")
    # Only the "send test ping" button leaves the resource out. It sends a real customer's last
    # purchase; a purchase that the seller made as a test says `sale` and is one.
    # Where a buyer's words stand in `test`, nobody can tell which, and a guess could mail them.
    if not resource and values.flag("test", fields.own_text("test")):
        return "test_ping"
    if fields.flag("is_preorder_authorization"):
        return "preorder"
    return "recurring_charge" if fields.flag("is_recurring_charge") else "sale"


def _kind_or_unknown(fields: _PingFields) -> Kind:
    try:
        return _kind(fields)
    except SaleInvalidError:
        return "unknown"


def _flags(ping: Ping) -> list[str]:
    try:
        fields = _read(ping)
        return [name for name in ("refunded", "disputed", "dispute_won") if fields.flag(name)]
    except SaleInvalidError:
        return []


def _product(fields: _PingFields) -> Product:
    product_id = values.identifier("product_id", fields.own_text("product_id"))
    link = fields.text("product_permalink")
    last_part = link.partition("?")[0].rstrip("/").rpartition("/")[2]
    names = (fields.text("permalink"), fields.text("short_product_id"), last_part, link)
    return Product(
        product_id=product_id,
        name=values.plain_text(fields.text("product_name")) or product_id,
        aliases=tuple(name for name in dict.fromkeys(names) if is_usable(name)),
        variants=fields.variants(),
    )


def _name(fields: _PingFields, email: str) -> str:
    # A gift's full_name is the giver's.
    is_gift = fields.flag("is_gift_receiver_purchase")
    full_name = "" if is_gift else values.plain_text(fields.text("full_name"))
    return full_name or values.plain_text(email.rpartition("@")[0])


def _giver(fields: _PingFields) -> str | None:
    if not fields.flag("is_gift_receiver_purchase"):
        return None
    named = (values.plain_text(fields.text(name)) for name in ("full_name", "gifter_email"))
    return " ".join(each for each in named if each) or None


def _sold_at(fields: _PingFields, received_at: datetime) -> datetime:
    text = fields.text("sale_timestamp")
    if not text:
        return received_at.astimezone(UTC)
    return values.moment("sale_timestamp", text, known_at=received_at)


def _subscription_id(fields: _PingFields) -> str | None:
    text = fields.text("subscription_id")
    return values.identifier("subscription_id", text) if text else None
