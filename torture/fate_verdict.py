"""Compares the status of each e-mail with the only right end of its fate at the provider."""

from collections import Counter
from collections.abc import Iterator

from domain.delivery import DeliveryStatus
from torture.evidence import Evidence, FoundDelivery
from torture.fates import Fate


def wrong_statuses(found: Evidence) -> Iterator[tuple[str, str]]:
    """Yield each order with an e-mail whose status is not that of its reports.

    A delivery with two mails is left out, because it is counted as doubled.
    """
    mails = Counter(found.messages)
    for owed in found.deliveries:
        fate = found.fates.get(owed.mail_id)
        if fate is not None and mails[owed.mail_id] == 1 and owed.status not in _right(owed, fate):
            what = f"delivery {owed.delivery_id} is {owed.status}, and {fate.status} is right"
            yield owed.order_id, f"{fate.name}: {what}"


def _right(owed: FoundDelivery, fate: Fate) -> set[str]:
    """Without a report, nobody may know that a mail went before it was withdrawn."""
    unknown = {DeliveryStatus.WITHDRAWN} if owed.is_withdrawn and not fate.reports else set()
    return {fate.status, *unknown}
