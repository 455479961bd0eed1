"""Compares the status of each e-mail with the only right end of its fate at the provider."""

from collections import Counter
from collections.abc import Iterator

from domain.delivery import DeliveryStatus
from torture.evidence import Evidence, FoundDelivery


def wrong_statuses(found: Evidence) -> Iterator[tuple[str, str]]:
    """Yield each order with an e-mail whose status is not that of its reports.

    A delivery with two mails is left out, because it is counted as doubled.
    """
    mails = Counter(found.messages)
    for owed in found.deliveries:
        fate = found.fates.get(owed.mail_id)
        if fate is None or mails[owed.mail_id] != 1:
            continue
        if owed.status != fate.status and not (_is_unknown(owed, found) and not fate.reports):
            what = f"delivery {owed.delivery_id} is {owed.status}, and {fate.status} is right"
            yield owed.order_id, f"{fate.name}: {what}"


def _is_unknown(owed: FoundDelivery, found: Evidence) -> bool:
    """Tell whether nobody had to find out that the mail went, because it is not needed any more.

    It was withdrawn, or another mail told the same license.
    """
    if owed.status != DeliveryStatus.PENDING:
        return owed.is_withdrawn
    mailed = set(found.messages)
    return any(
        each.license_id == owed.license_id and each.mail_id != owed.mail_id
        for each in found.deliveries
        if each.mail_id in mailed
    )
