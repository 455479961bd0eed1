"""The colors of statuses. Rich leaves them out of files and pipes, and under NO_COLOR."""

from rich.text import Text

from domain.delivery import UNDELIVERED, DeliveryStatus
from domain.event import EventStatus
from domain.license import ListedStatus
from domain.visible import visible

COLORS: dict[str, str] = {
    **dict.fromkeys((EventStatus.FULFILLED, EventStatus.RENEWED, EventStatus.APPLIED), "green"),
    **dict.fromkeys((DeliveryStatus.ACCEPTED, ListedStatus.ACTIVE), "green"),
    DeliveryStatus.DELIVERED: "green",
    **dict.fromkeys(UNDELIVERED, "red"),
    **dict.fromkeys((EventStatus.PARKED, DeliveryStatus.LOGGED), "yellow"),
    **dict.fromkeys((ListedStatus.SUSPENDED, ListedStatus.EXPIRED), "yellow"),
    **dict.fromkeys((EventStatus.FAILED, DeliveryStatus.REFUSED, ListedStatus.REVOKED), "red"),
}
"""A status without a color asks nothing of a person."""


def colored(status: str) -> Text:
    """Return the status in its color; a part after a colon does not matter."""
    return Text(visible(status), style=COLORS.get(status.partition(":")[0], ""))
