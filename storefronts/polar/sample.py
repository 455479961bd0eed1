"""Made-up events in Polar's format, signed as Polar signs: for smoke, torture and trigger."""

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import NAMESPACE_URL, uuid4, uuid5

from typing_extensions import override

from storefronts.body import JSON
from storefronts.polar.door import EVENT_ID, SIGNATURE, TIME
from storefronts.polar.keys import signature
from storefronts.polar.sample_documents import event, paid_order
from storefronts.polar.sample_events import MADE, follow_up
from storefronts.sample import FollowUp, SampleRequest, SampleSale, SampleShop
from storefronts.sample_events import SampleEvent

SOME_ORGANIZATION = "93b8b7d9-11d2-43f1-b335-0da81e0a0f14"
WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class PolarSample(SampleShop):
    secret: str = field(repr=False)
    organization: str = SOME_ORGANIZATION

    names: ClassVar[frozenset[SampleEvent]] = frozenset(
        {SampleEvent.SALE, SampleEvent.MEMBERSHIP, *MADE}
    )

    @override
    def new_order_id(self) -> str:
        return str(uuid4())

    @override
    def request(self, sale: SampleSale) -> SampleRequest:
        order = paid_order(sale, self.organization)
        # A repeated event has the same id, and its body the same mark.
        name = f"{sale.order_id}/{sale.mark}"
        return self._posted(event("order.paid", order, sale.sold_at), name)

    @override
    def event(self, name: SampleEvent, sale: SampleSale) -> SampleRequest:
        if name not in {SampleEvent.SALE, SampleEvent.MEMBERSHIP}:
            raise KeyError(name)
        return self.request(sale)

    @override
    def follow_up(self, name: SampleEvent, told: FollowUp) -> SampleRequest:
        return self._posted(follow_up(name, told), f"{name}/{told.mark or uuid4()}")

    @override
    def strangers_request(self, sale: SampleSale) -> SampleRequest:
        return replace(self, secret=WRONG).request(sale)

    @override
    def mark_of(self, body: bytes) -> str:
        mark: str = json.loads(body)["data"]["metadata"]["mark"]
        return mark

    def _posted(self, content: dict[str, Any], name: str) -> SampleRequest:
        body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        event_id = str(uuid5(NAMESPACE_URL, name))
        seconds = str(int(datetime.now(UTC).timestamp()))
        headers = {
            "Content-Type": JSON,
            EVENT_ID: event_id,
            TIME: seconds,
            SIGNATURE: signature(self.secret, event_id, seconds, body),
        }
        return SampleRequest({}, headers, body)
