"""Made-up events of Stripe with their signatures, for demo, smoke test, torture and trigger."""

import json
import secrets
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from string import ascii_letters, digits
from typing import ClassVar

from typing_extensions import override

from kit.doors.signatures import digest
from storefronts.sample import FollowUp, SampleRequest, SampleSale, SampleShop
from storefronts.sample_events import SampleEvent
from storefronts.stripe.sample_events import MadeEvent, follow_up, sold
from storefronts.stripe.sample_orders import order_of_sale

WRONG = "whsec_wrong"


@dataclass(frozen=True, slots=True)
class StripeSample(SampleShop):
    secret: str = field(repr=False)

    names: ClassVar[frozenset[SampleEvent]] = frozenset(
        {
            SampleEvent.SALE,
            SampleEvent.MEMBERSHIP,
            SampleEvent.RENEWAL,
            SampleEvent.REFUND,
            SampleEvent.PARTIAL_REFUND,
            SampleEvent.DISPUTE,
            SampleEvent.DISPUTE_WON,
            SampleEvent.CANCELLATION,
            SampleEvent.UPGRADE,
            SampleEvent.DOWNGRADE,
            SampleEvent.QUANTITY,
            SampleEvent.ENDED,
            SampleEvent.PAUSED,
            SampleEvent.RESUMED,
        }
    )
    tells_times: ClassVar[bool] = False

    @override
    def new_order_id(self) -> str:
        return "cs_test_a1" + "".join(secrets.choice(ascii_letters + digits) for _ in range(56))

    @override
    def request(self, sale: SampleSale) -> SampleRequest:
        return self._signed(sold(order_of_sale(sale)))

    @override
    def event(self, name: SampleEvent, sale: SampleSale) -> SampleRequest:
        if name not in self.names:
            raise KeyError(name)
        return self.request(sale)

    @override
    def follow_up(self, name: SampleEvent, told: FollowUp) -> SampleRequest:
        return self._signed(follow_up(name, told))

    @override
    def strangers_request(self, sale: SampleSale) -> SampleRequest:
        return replace(self, secret=WRONG).request(sale)

    @override
    def mark_of(self, body: bytes) -> str:
        mark: str = json.loads(body)["data"]["object"]["metadata"]["mark"]
        return mark

    def _signed(self, event: MadeEvent) -> SampleRequest:
        body = event.body
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": signature(body, self.secret, datetime.now(UTC)),
        }
        return SampleRequest({}, headers, body, event.answers)


def signature(body: bytes, secret: str, at: datetime) -> str:
    """Return the header. The key is the whole secret, with its `whsec_`."""
    seconds = int(at.timestamp())
    signed = digest(secret.encode(), f"{seconds}.".encode(), body)
    return f"t={seconds},v1={signed.hex()}"
