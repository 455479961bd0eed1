"""The fields of a Gumroad ping that no buyer has overwritten."""

from collections.abc import Callable
from dataclasses import dataclass

from domain.errors import SaleInvalidError
from domain.folding import fold_blanks
from domain.sale import Variants
from domain.text import plain_text
from storefronts import values
from storefronts.base import StoredRequest
from storefronts.body import Fields, read_body

CUSTOM = "custom_fields"
VARIANTS = "variants"
FIELDS_READ = {
    "full_name",
    "gifter_email",
    "is_gift_receiver_purchase",
    "is_preorder_authorization",
    "is_recurring_charge",
    "license_key",
    "offer_code",
    "order_number",
    "permalink",
    "price",
    "product_name",
    "product_permalink",
    "quantity",
    "recurrence",
    "refunded",
    "resource_name",
    "sale_timestamp",
    "seller_id",
    "short_product_id",
    "subscription_id",
    "test",
    VARIANTS,
}


@dataclass(frozen=True, slots=True)
class PingFields:
    """A ping's fields, without the fields that a custom field has overwritten.

    Gumroad copies each custom field to the top level, over its own field of the same name
    (2026-08). Then the buyer has chosen that text, even in `permalink` or `quantity`.
    """

    fields: Fields
    overwritten: frozenset[str]

    def text(self, name: str) -> str:
        return "" if name in self.overwritten else self.fields.value(name)

    def own_text(self, name: str) -> str:
        """Return the text of a field that a sale must have."""
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

    def tells(self, name: str) -> bool:
        """Tell whether the field has a text, usable or not, that no buyer has overwritten."""
        pairs = self.fields.pairs
        return name not in self.overwritten and any(key == name and text for key, text in pairs)

    def nested(self, name: str) -> str:
        """Return the text of a field with brackets in its name, as plain text in one line."""
        return "" if name in self.fields.keys_in(CUSTOM) else _option(self.text(name))

    def overwriting(self) -> str | None:
        """Name the untrusted fields that a sale would have used."""
        copies = self.fields.keys_in(CUSTOM) & self.fields.keys()
        chosen = {VARIANTS} if any(key.startswith(f"{VARIANTS}[") for key in copies) else set()
        names = sorted(self.overwritten & FIELDS_READ | chosen)
        if not names:
            return None
        return f"custom fields overwrite Gumroad's own, which were not read: {', '.join(names)}"

    def variants(self) -> Variants:
        return tuple(
            (_option(category), _option(choice))
            for category, choice in self.fields.group(VARIANTS, self.fields.keys_in(CUSTOM))
        )


def _option(text: str) -> str:
    # Fold blanks first, because tabs and line breaks are control characters too.
    return plain_text(fold_blanks(text))


def read_fields(ping: StoredRequest) -> PingFields:
    fields = read_body(ping.content_type, ping.body)
    return PingFields(fields, fields.names_in(CUSTOM))
