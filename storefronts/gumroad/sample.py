"""A sale as Gumroad sends it, made up for a demonstration or a smoke test."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlencode

SOME_SELLER = "suQPsAruPpWb_5E1C8BRkw=="
CONTENT_TYPE = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class SamplePing:
    """`product_id` must be mapped; `test` marks a purchase by the seller."""

    order_id: str
    product_id: str
    product_name: str
    email: str
    name: str
    sold_at: datetime
    variants: tuple[tuple[str, str], ...] = ()
    seller_id: str = SOME_SELLER
    test: bool = False

    def body(self) -> bytes:
        """Encode as Gumroad's client does: a space is %20, and keys are encoded as well."""
        fields = {
            "seller_id": self.seller_id,
            "product_id": self.product_id,
            "product_name": self.product_name,
            "permalink": "sample",
            "product_permalink": "https://sample.gumroad.com/l/sample",
            "short_product_id": "sampl",
            "email": self.email,
            "price": "2900",
            "gumroad_fee": "454",
            "currency": "usd",
            "quantity": "1",
            "discover_fee_charged": "false",
            "can_contact": "true",
            "referrer": "direct",
            "order_number": str(secrets.randbelow(10**9)),
            "sale_id": self.order_id,
            "sale_timestamp": self.sold_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "full_name": self.name,
            **{f"variants[{category}]": choice for category, choice in self.variants},
            **({"test": "true"} if self.test else {}),
            "is_gift_receiver_purchase": "false",
            "refunded": "false",
            "resource_name": "sale",
            "disputed": "false",
            "dispute_won": "false",
        }
        return urlencode(fields, quote_via=quote).encode()


def new_order_id() -> str:
    """Return an id of the shape that Gumroad's have: 22 URL-safe characters and `==`."""
    return f"{secrets.token_urlsafe(16)}=="
