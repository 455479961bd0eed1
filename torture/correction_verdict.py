"""Checks the orders with a mistyped address that an operator corrected during the round."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from torture.evidence import Evidence, FoundDelivery, Mail, RecordedCorrection
from torture.plan import Correction

UNDER_WAY = timedelta(seconds=10)
"""A send that began before the correction has ended by then, because a send times out after 3 s."""


def unmailed_corrections(
    corrections: Iterable[Correction], found: Evidence
) -> Iterator[tuple[str, str]]:
    """Yield each order whose corrected address got no mail, and the reason."""
    for correction in corrections:
        order_id = correction.order.order_id
        right = [
            owed
            for owed in found.deliveries
            if owed.order_id == order_id and owed.to == correction.to and not owed.is_withdrawn
        ]
        # Without a resend, the sale's own mail must go to the corrected address.
        needed = [owed for owed in right if owed.is_resend] or right
        mailed = {mail.delivery_id for mail in _mails_to(correction, found)}
        if not found.asked.get(order_id):
            yield order_id, "its corrected address was never recorded"
        elif not needed or any(owed.mail_id not in mailed for owed in needed):
            yield order_id, "its corrected address never got its mail"


def misdirected_mails(
    corrections: Iterable[Correction], found: Evidence
) -> Iterator[tuple[str, str]]:
    """Yield orders with a mail to the wrong address after the correction, or too many mails."""
    recorded = {each.order_id: each for each in found.recorded}
    for correction in corrections:
        order_id = correction.order.order_id
        if order_id in recorded and _is_misled(correction, recorded[order_id], found):
            yield order_id, "a mail went to its mistyped address after that was corrected"
        asked = found.asked.get(order_id, 0)
        count = len({mail.delivery_id for mail in _mails_to(correction, found)})
        if count > asked:
            yield order_id, f"its corrected address got {count} mails, and {asked} is right"


def _is_misled(correction: Correction, recorded: RecordedCorrection, found: Evidence) -> bool:
    own = {each.delivery_id: each for each in found.deliveries if _is_of(correction, each)}
    return any(
        own[mail.delivery_id].to == correction.to
        or _began_after(mail, own[mail.delivery_id], recorded)
        for mail in found.mails
        if mail.delivery_id in own and mail.to != correction.to
    )


def _began_after(mail: Mail, owed: FoundDelivery, recorded: RecordedCorrection) -> bool:
    """Compare the counted attempts, and the times for an attempt that was not counted."""
    began_by_then = recorded.attempts.get(owed.delivery_id, 0)
    return owed.attempts > began_by_then or mail.arrived_at > recorded.at + UNDER_WAY


def _mails_to(correction: Correction, found: Evidence) -> list[Mail]:
    own = {each.delivery_id for each in found.deliveries if _is_of(correction, each)}
    return [mail for mail in found.mails if mail.delivery_id in own and mail.to == correction.to]


def _is_of(correction: Correction, owed: FoundDelivery) -> bool:
    return owed.order_id == correction.order.order_id
