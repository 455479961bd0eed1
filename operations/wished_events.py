"""Make the request of an event that a person wishes for."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from db.views.earlier_orders import EarlierOrder
from domain.catalog import Catalog, Offer
from domain.sale import Variants
from operations.offers import a_product, offer_named, other_options
from storefronts.sample import (
    FollowUp,
    PaidOrder,
    SamplePlan,
    SampleRequest,
    SampleSale,
    SampleShop,
)
from storefronts.sample_events import PLAN_CHANGES, SampleEvent

BUYER = ("ada.buyer@example.com", "Ada Buyer")
AGE_OF_MEMBERSHIP = timedelta(days=1)
"""A membership was sold a day ago, so that a renewal of today moves the end of its license."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """An event, and a person's words for it. None: as usual, or as in the earlier order.

    `order` is an id in the storefront `source`. `live`: it is no test.
    """

    event: SampleEvent
    source: str
    order: str | None = None
    product_id: str | None = None
    email: str | None = None
    name: str | None = None
    quantity: int | None = None
    variants: Variants | None = None
    live: bool = False


def first_request(wish: Wish, shop: SampleShop, catalog: Catalog, now: datetime) -> SampleRequest:
    """Return the request of a new sale: of a mapped product, unless the wish names a product."""
    return shop.event(wish.event, _sale(wish, shop, catalog, now))


def _sale(wish: Wish, shop: SampleShop, catalog: Catalog, now: datetime) -> SampleSale:
    offer, product_id = _offer(wish, catalog)
    is_membership = wish.event == SampleEvent.MEMBERSHIP
    email, name = BUYER
    return SampleSale(
        order_id=shop.new_order_id(),
        product_id=product_id,
        product_name=(offer.name if offer else None) or product_id,
        email=wish.email or email,
        name=wish.name or name,
        sold_at=now - AGE_OF_MEMBERSHIP if is_membership else now,
        variants=wish.variants or (offer.variant if offer else ()),
        quantity=wish.quantity or 1,
        test=not wish.live,
        subscription_id=shop.new_order_id() if is_membership else None,
        months=offer.term.months if offer else None,
    )


def _offer(wish: Wish, catalog: Catalog) -> tuple[Offer | None, str]:
    """Return the offer and the id of the product. The mapping may lack a named product."""
    if wish.product_id is not None:
        return offer_named(catalog, wish.source, wish.product_id), wish.product_id
    offer = a_product(catalog, wish.source)
    return offer, offer.product_id


def follow_up_request(
    wish: Wish, shop: SampleShop, earlier: EarlierOrder, catalog: Catalog | None, now: datetime
) -> SampleRequest:
    """Return the request of an event of the order. Only a change of plan needs the catalog."""
    quantity, variants = _plan(wish, earlier, catalog)
    told = FollowUp(
        content_type=earlier.content_type,
        body=earlier.body,
        paid=tuple(PaidOrder(order_id, at) for order_id, at in earlier.paid),
        plan=SamplePlan(earlier.variants, earlier.quantity),
        at=now,
        new_order_id=shop.new_charge_id(),
        product_id=wish.product_id,
        product_name=wish.product_id,
        email=wish.email,
        name=wish.name,
        quantity=quantity,
        variants=variants,
    )
    return shop.follow_up(wish.event, told)


def _plan(
    wish: Wish, earlier: EarlierOrder, catalog: Catalog | None
) -> tuple[int | None, Variants | None]:
    """Choose the plan to change to: the product's next offer, or else one copy more or less."""
    if catalog is None or wish.variants or wish.quantity:
        return wish.quantity, wish.variants
    sale, up = earlier.sale, wish.event != SampleEvent.DOWNGRADE
    if wish.event != SampleEvent.QUANTITY:
        now = earlier.variants
        options = other_options(catalog, sale.source, sale.product_id, now, up=up)
        if options is not None:
            return None, options
    return max(1, earlier.quantity + (1 if up else -1)), None


def needs_catalog(event: SampleEvent) -> bool:
    return event.is_first or event in PLAN_CHANGES
