"""Made-up orders and subscriptions in Lemon Squeezy's format, for demo, torture and trigger."""

import secrets
from dataclasses import dataclass, field, replace
from typing import ClassVar

from typing_extensions import override

from kit.doors.signatures import digest
from storefronts.body import JSON
from storefronts.lemonsqueezy.invoices import PREFIX
from storefronts.lemonsqueezy.sample_bodies import Made, bought_in, purchase
from storefronts.lemonsqueezy.sample_events import follow_up
from storefronts.sample import FollowUp, SampleRequest, SampleSale, SampleShop
from storefronts.sample_events import SampleEvent


@dataclass(frozen=True, slots=True)
class LemonSqueezySample(SampleShop):
    secret: str = field(repr=False)

    names: ClassVar[frozenset[SampleEvent]] = frozenset(
        {
            SampleEvent.SALE,
            SampleEvent.MEMBERSHIP,
            SampleEvent.RENEWAL,
            SampleEvent.REFUND,
            SampleEvent.PARTIAL_REFUND,
            SampleEvent.CANCELLATION,
            SampleEvent.UPGRADE,
            SampleEvent.DOWNGRADE,
            SampleEvent.QUANTITY,
            SampleEvent.ENDED,
            SampleEvent.PAUSED,
            SampleEvent.RESUMED,
        }
    )

    tells_periods: ClassVar[bool] = False

    @override
    def new_order_id(self) -> str:
        return str(secrets.randbelow(9 * 10**9) + 10**9)

    @override
    def charge_id(self, order_id: str) -> str:
        return PREFIX + order_id

    @override
    def request(self, sale: SampleSale) -> SampleRequest:
        first, *others = map(self._posted, purchase(sale))
        return replace(first, also=tuple(others))

    @override
    def event(self, name: SampleEvent, sale: SampleSale) -> SampleRequest:
        if name not in {SampleEvent.SALE, SampleEvent.MEMBERSHIP}:
            raise KeyError(name, sale.order_id)
        return self.request(sale)

    @override
    def follow_up(self, name: SampleEvent, told: FollowUp) -> SampleRequest:
        return self._posted(follow_up(name, told))

    @override
    def strangers_request(self, sale: SampleSale) -> SampleRequest:
        return replace(self, secret="wrong").request(sale)  # noqa: S106 - no secret

    @override
    def mark_of(self, body: bytes) -> str:
        return bought_in(body).mark or ""

    def _posted(self, made: Made) -> SampleRequest:
        headers = {
            "Content-Type": JSON,
            "X-Event-Name": made.name,
            "X-Signature": digest(self.secret.encode(), b"", made.body).hex(),
        }
        return SampleRequest({}, headers, made.body, answers=made.answers)
