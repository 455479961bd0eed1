"""The bodies of a round's requests, as the shop writes them."""

from dataclasses import dataclass

from api.webhooks import LONGEST_NAMED
from storefronts.sample import FollowUp, SamplePlan, SampleRequest, SampleSale
from torture.drawing import ShopEvent
from torture.orders import Order
from torture.shop import TorturedShop
from torture.stories import CORE


@dataclass(frozen=True, slots=True)
class Body:
    """The body of one attempt. `retry` counts the earlier attempts."""

    order: Order
    mark: str | None = None
    retry: int = 0
    is_long: bool = False
    event: ShopEvent | None = None

    def requests(self, shop: TorturedShop) -> tuple[SampleRequest, ...]:
        """Return all requests that the shop sends at the same time."""
        made = shop.sample.request(self.sale(shop))
        if self.event is not None:
            told = self._follow_up(self.event, made, shop)
            made = shop.sample.follow_up(self.event.name, told)
        return (made, *made.also)

    def _follow_up(self, event: ShopEvent, sale: SampleRequest, shop: TorturedShop) -> FollowUp:
        tier = event.tier
        has_options = shop.sample.has_variants
        return FollowUp(
            content_type=sale.headers["Content-Type"],
            body=sale.body,
            paid=event.paid,
            plan=SamplePlan((), 1),
            at=event.at,
            new_order_id="",
            product_id=None if tier is None or has_options else shop.product_id(tier),
            quantity=event.seats,
            variants=(("Tier", tier),) if tier is not None and has_options else None,
            retry=self.retry,
            mark=self.mark,
        )

    def sale(self, shop: TorturedShop) -> SampleSale:
        order = self.order
        return SampleSale(
            order_id=order.order_id,
            product_id=shop.product_id(CORE),
            product_name="Torture",
            email=order.email,
            name="A Buyer",
            sold_at=order.paid_at,
            subscription_id=order.subscription_id,
            is_charge=order.charge > 0,
            retry=self.retry,
            mark=self.mark,
            padding=LONGEST_NAMED + 1 if self.is_long else 0,
        )
