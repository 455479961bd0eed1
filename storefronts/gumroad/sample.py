"""Made-up pings in Gumroad's format, for demo, smoke test, torture and trigger."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import ClassVar
from urllib.parse import parse_qs, quote, urlencode

from typing_extensions import override

from storefronts.body import FORM
from storefronts.gumroad.recurrences import RECURRENCES
from storefronts.gumroad.sample_events import Pairs, first_event, follow_up, replaced
from storefronts.sample import FollowUp, SampleRequest, SampleSale, SampleShop
from storefronts.sample_events import SampleEvent

SOME_SELLER = "suQPsAruPpWb_5E1C8BRkw=="
MARK = "url_params[mark]"
WRONG = "wrong"
FILLER = "url_params[filler]"
PRICE, FEE = 2900, 454


@dataclass(frozen=True, slots=True)
class GumroadSample(SampleShop):
    secret: str = field(repr=False)
    seller_id: str = SOME_SELLER

    names: ClassVar[frozenset[SampleEvent]] = frozenset(SampleEvent) - {
        SampleEvent.PAUSED,
        SampleEvent.RESUMED,
    }
    has_variants: ClassVar[bool] = True

    @override
    def new_order_id(self) -> str:
        # 22 URL-safe characters and `==`.
        return f"{secrets.token_urlsafe(16)}=="

    @override
    def request(self, sale: SampleSale) -> SampleRequest:
        return self._posted(tuple((_fields(sale, self.seller_id) | _added(sale)).items()))

    @override
    def event(self, name: SampleEvent, sale: SampleSale) -> SampleRequest:
        fields = _fields(sale, self.seller_id) | _added(sale)
        return self._posted(first_event(name, tuple(fields.items())))

    @override
    def follow_up(self, name: SampleEvent, told: FollowUp) -> SampleRequest:
        return self._posted(replaced(follow_up(name, told), dict(_sending(told))))

    def _posted(self, pairs: Pairs) -> SampleRequest:
        # Gumroad's client also writes a space as %20 and encodes the keys.
        body = urlencode(pairs, quote_via=quote, errors="surrogateescape")
        return SampleRequest({"secret": self.secret}, {"Content-Type": FORM}, body.encode())

    @override
    def strangers_request(self, sale: SampleSale) -> SampleRequest:
        return replace(self, secret=WRONG).request(sale)

    @override
    def mark_of(self, body: bytes) -> str:
        return parse_qs(body.decode())[MARK][0]


def _sending(told: FollowUp | SampleSale) -> Iterator[tuple[str, str]]:
    if told.mark is not None:
        yield MARK, told.mark
    if told.retry:
        yield "retry_count", str(told.retry)


def _fields(sale: SampleSale, seller_id: str) -> dict[str, str]:
    return {
        "seller_id": seller_id,
        "product_id": sale.product_id,
        "product_name": sale.product_name,
        "permalink": "sample",
        "product_permalink": "https://sample.gumroad.com/l/sample",
        "short_product_id": "sampl",
        "email": sale.email,
        "price": str(PRICE * sale.quantity),
        "gumroad_fee": str(FEE * sale.quantity),
        "currency": "usd",
        "quantity": str(sale.quantity),
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
    added = dict(_sending(sale))
    if sale.subscription_id is not None:
        recurrence = RECURRENCES.get(sale.months or 1, RECURRENCES[1])
        added |= {"subscription_id": sale.subscription_id, "recurrence": recurrence}
    if sale.is_charge:
        added |= {"is_recurring_charge": "true"}
    if sale.padding:
        added |= {FILLER: "x" * sale.padding}
    return added
