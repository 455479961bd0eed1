"""Made-up events in Paddle's format, for demo, smoke test, torture and trigger."""

import json
import secrets
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, ClassVar

from typing_extensions import override

from kit.doors.signatures import digest
from storefronts.body import JSON
from storefronts.paddle.sample_changes import CHANGES, change
from storefronts.paddle.sample_objects import BUYER, JsonObject, customer_answer, transaction
from storefronts.sample import FollowUp, SampleRequest, SampleSale, SampleShop
from storefronts.sample_events import SampleEvent

WRONG = "pdl_ntfset_wrong"
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


@dataclass(frozen=True, slots=True)
class PaddleSample(SampleShop):
    secret: str = field(repr=False)

    names: ClassVar[frozenset[SampleEvent]] = frozenset(
        {SampleEvent.SALE, SampleEvent.MEMBERSHIP, *CHANGES}
    )

    @override
    def new_order_id(self) -> str:
        return f"txn_01{''.join(secrets.choice(ALPHABET) for _ in range(24))}"

    @override
    def request(self, sale: SampleSale) -> SampleRequest:
        return self._posted("transaction.completed", transaction(sale), sale.sold_at)

    @override
    def event(self, name: SampleEvent, sale: SampleSale) -> SampleRequest:
        if not name.is_first or name not in self.names:
            raise KeyError(name)
        return self.request(sale)

    @override
    def follow_up(self, name: SampleEvent, told: FollowUp) -> SampleRequest:
        event_type, data = change(name, told, json.loads(told.body)["data"])
        return self._posted(event_type, data, told.at)

    @override
    def strangers_request(self, sale: SampleSale) -> SampleRequest:
        return replace(self, secret=WRONG).request(sale)

    @override
    def mark_of(self, body: bytes) -> str:
        mark: str = json.loads(body)["data"]["custom_data"]["mark"]
        return mark

    def _posted(self, event_type: str, data: JsonObject, at: datetime) -> SampleRequest:
        body = _body(event_type, data, at)
        seconds = str(int(datetime.now(UTC).timestamp()))
        signature = digest(self.secret.encode(), f"{seconds}:".encode(), body)
        headers = {
            "Content-Type": JSON,
            "User-Agent": "Paddle",
            "Paddle-Signature": f"ts={seconds};h1={signature.hex()}",
        }
        buyer = (data.get("custom_data") or {}).get(BUYER)
        answers = () if buyer is None else (customer_answer(data["customer_id"], buyer),)
        return SampleRequest({}, headers, body, answers)


def _body(event_type: str, data: JsonObject, at: datetime) -> bytes:
    """Return an event as Paddle writes it: compact, and in ASCII.

    The ids depend on the content, because a repetition of the event has the ids of the event.
    """
    written = json.dumps(data, separators=(",", ":"))
    name = digest(event_type.encode(), at.isoformat().encode(), written.encode()).hex()[:26]
    event: dict[str, Any] = {
        "data": data,
        "event_id": f"evt_{name}",
        "event_type": event_type,
        "occurred_at": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "notification_id": f"ntf_{name}",
    }
    return json.dumps(event, separators=(",", ":")).encode()
