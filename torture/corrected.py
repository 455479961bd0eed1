"""What a round owes to the buyers whose mistyped address an operator corrected."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from torture.evidence import Evidence, Mail, Owed, Recorded
from torture.plan import Correction

UNDER_WAY = timedelta(seconds=10)
"""A send that began before the correction is over by then: it gives up after 3 s."""


def unheeded(corrections: Iterable[Correction], found: Evidence) -> Iterator[tuple[str, str]]:
    """Yield the orders of which a right address lacks its mail."""
    for correction in corrections:
        order_id = correction.order.order_id
        right = [
            owed
            for owed in found.deliveries
            if owed.order_id == order_id and owed.to == correction.to and not owed.is_withdrawn
        ]
        # Where nobody had to ask for another mail, the sale's own goes to the right address.
        needed = [owed for owed in right if owed.is_resend] or right
        mailed = {mail.delivery_id for mail in _mails_to(correction, found)}
        if not found.asked.get(order_id):
            yield order_id, "its corrected address was never recorded"
        elif not needed or any(owed.delivery_id not in mailed for owed in needed):
            yield order_id, "its corrected address never got its mail"


def misled(corrections: Iterable[Correction], found: Evidence) -> Iterator[tuple[str, str]]:
    """Yield the orders of which a mail went out that the correction made wrong, or one too many."""
    recorded = {each.order_id: each for each in found.recorded}
    for correction in corrections:
        order_id = correction.order.order_id
        if order_id in recorded and _is_misled(correction, recorded[order_id], found):
            yield order_id, "a mail went to its mistyped address after that was corrected"
        asked = found.asked.get(order_id, 0)
        count = len({mail.delivery_id for mail in _mails_to(correction, found)})
        if count > asked:
            yield order_id, f"its corrected address got {count} mails, and {asked} is right"


def _is_misled(correction: Correction, recorded: Recorded, found: Evidence) -> bool:
    own = {each.delivery_id: each for each in found.deliveries if _is_of(correction, each)}
    return any(
        own[mail.delivery_id].to == correction.to
        or _began_after(mail, own[mail.delivery_id], recorded)
        for mail in found.mails
        if mail.delivery_id in own and mail.to != correction.to
    )


def _began_after(mail: Mail, owed: Owed, recorded: Recorded) -> bool:
    """Tell by the attempts, and by the clock where an attempt began without being counted."""
    began_by_then = recorded.attempts.get(owed.delivery_id, 0)
    return owed.attempts > began_by_then or mail.arrived_at > recorded.at + UNDER_WAY


def _mails_to(correction: Correction, found: Evidence) -> list[Mail]:
    own = {each.delivery_id for each in found.deliveries if _is_of(correction, each)}
    return [mail for mail in found.mails if mail.delivery_id in own and mail.to == correction.to]


def _is_of(correction: Correction, owed: Owed) -> bool:
    return owed.order_id == correction.order.order_id
