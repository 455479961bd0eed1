"""Compares what an operator is shown at rest with what became of the sales and their mails."""

from collections.abc import Iterator

from domain.delivery import UNDELIVERED, DeliveryStatus
from torture.evidence import Evidence, FoundDelivery

OVER = {*UNDELIVERED, DeliveryStatus.WITHDRAWN}


def wrongly_listed(found: Evidence) -> Iterator[tuple[str, str]]:
    """Yield each run that Temporal lists as parked or failed, though all sales are done."""
    for name, state in found.at_rest.listed:
        yield name, f"Temporal lists it as {state}, and it is done"


def wrong_alerts(found: Evidence) -> Iterator[tuple[str, str]]:
    """Yield alerts without a cause, and mails that came back without an alert."""
    for alarm in found.at_rest.alarms:
        yield alarm.cause, f"an alert without a cause: {alarm.sentence}"
    returned = {each.delivery_id: each for each in found.deliveries if _came_back(each, found)}
    known = {each.delivery_id: each for each in found.deliveries}
    for delivery_id in found.at_rest.returned & known.keys() - returned.keys():
        yield known[delivery_id].order_id, f"an alert tells of delivery {delivery_id} for nothing"
    for delivery_id in returned.keys() - found.at_rest.returned:
        yield known[delivery_id].order_id, f"no alert tells of delivery {delivery_id}"


def _came_back(owed: FoundDelivery, found: Evidence) -> bool:
    """Tell whether the provider reports that nobody got the mail, and no later mail replaces it."""
    fate = found.fates.get(owed.delivery_id)
    if fate is None or fate.status not in UNDELIVERED:
        return False
    return not any(
        each.license_id == owed.license_id
        and each.delivery_id > owed.delivery_id
        and each.status not in OVER
        for each in found.deliveries
    )
