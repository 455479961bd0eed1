"""The questions to Lemon Squeezy's API. Its keys have no rights of their own: each reads all."""

from collections.abc import Iterator
from itertools import count
from urllib.parse import quote

from domain.errors import SaleInvalidError
from domain.questions import Question
from storefronts.document import Member
from storefronts.lemonsqueezy.fields import Event, is_absent

RIGHT = "the rights of the store's owner (Settings > API)"
LYING = "its list of order items is empty or repeats itself, although it goes on"
UNKNOWN = "it knows no {} of this number, so its key may be another store's"


def order_with_items(event: Event, order_id: str) -> Member | None:
    """Return the order as it is now, with its items; None: the shop does not know it."""
    path = f"/v1/orders/{in_path(order_id)}?include=order-items"
    return _asked(event, path, "order items", order_id)


def listed_items(event: Event, order_id: str) -> Iterator[Member]:
    """Yield the order's items from the list of all items. The list has pages."""
    path = f"/v1/order-items?filter%5Border_id%5D={in_path(order_id)}"
    seen: set[str] = set()
    for page in count(1):
        more = "" if page == 1 else f"&page%5Bnumber%5D={page}"
        found = _asked(event, f"{path}{more}", "order items")
        items = [] if found is None else found["data"].items()
        new = {each["id"].identifier() for each in items} - seen
        if len(new) < max(len(items), 1):
            raise SaleInvalidError(LYING if seen else UNKNOWN.format("order"))
        seen |= new
        yield from items
        if found is None or is_absent(found["links"]["next"]):
            return


def subscription(event: Event) -> Member | None:
    """Return the invoice's subscription as it is now; None: the shop does not know it."""
    subscription_id = event.attributes["subscription_id"].identifier()
    path = f"/v1/subscriptions/{in_path(subscription_id)}"
    found = _asked(event, path, "subscriptions", subscription_id)
    return None if found is None else found["data"]


def in_path(text: str) -> str:
    return quote(text, safe="")


def _asked(event: Event, path: str, about: str, object_id: str | None = None) -> Member | None:
    question = Question(path, about, RIGHT, event.side(), object_id=object_id, id_at=("data", "id"))
    return event.request.answer(question)
