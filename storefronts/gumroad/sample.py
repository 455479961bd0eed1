"""A made-up sale in Gumroad's format, for demo, smoke test and torture."""

import secrets
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qs, quote, urlencode

from typing_extensions import override

from storefronts.body import FORM
from storefronts.sample import SampleRequest, SampleSale, SampleShop

SOME_SELLER = "suQPsAruPpWb_5E1C8BRkw=="
MARK = "url_params[mark]"
WRONG = "wrong"
FILLER = "url_params[filler]"


@dataclass(frozen=True, slots=True)
class GumroadSample(SampleShop):
    secret: str = field(repr=False)
    seller_id: str = SOME_SELLER

    @override
    def new_order_id(self) -> str:
        # 22 URL-safe characters and `==`.
        return f"{secrets.token_urlsafe(16)}=="

    @override
    def request(self, sale: SampleSale) -> SampleRequest:
        # Gumroad's client also writes a space as %20 and encodes the keys.
        body = urlencode(_fields(sale, self.seller_id) | _added(sale), quote_via=quote)
        return SampleRequest({"secret": self.secret}, {"Content-Type": FORM}, body.encode())

    @override
    def strangers_request(self, sale: SampleSale) -> SampleRequest:
        return replace(self, secret=WRONG).request(sale)

    @override
    def mark_of(self, body: bytes) -> str:
        return parse_qs(body.decode())[MARK][0]


def _fields(sale: SampleSale, seller_id: str) -> dict[str, str]:
    return {
        "seller_id": seller_id,
        "product_id": sale.product_id,
        "product_name": sale.product_name,
        "permalink": "sample",
        "product_permalink": "https://sample.gumroad.com/l/sample",
        "short_product_id": "sampl",
        "email": sale.email,
        "price": "2900",
        "gumroad_fee": "454",
        "currency": "usd",
        "quantity": "1",
        "discover_fee_charged": "false",
        "can_contact": "true",
        "referrer": "direct",
        "order_number": str(secrets.randbelow(10**9)),
        "sale_id": sale.order_id,
        "sale_timestamp": sale.sold_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "full_name": sale.name,
        **{f"variants[{category}]": choice for category, choice in sale.variants},
        **({"test": "true"} if sale.test else {}),
        "is_gift_receiver_purchase": "false",
        "refunded": "false",
        "resource_name": "sale",
        "disputed": "false",
        "dispute_won": "false",
    }


def _added(sale: SampleSale) -> dict[str, str]:
    """Return the fields that only some of Gumroad's pings have."""
    added = {} if sale.mark is None else {MARK: sale.mark}
    if sale.subscription_id is not None:
        added |= {"subscription_id": sale.subscription_id, "recurrence": "monthly"}
    if sale.is_charge:
        added |= {"is_recurring_charge": "true"}
    if sale.retry:
        added |= {"retry_count": str(sale.retry)}
    if sale.padding:
        added |= {FILLER: "x" * sale.padding}
    return added
