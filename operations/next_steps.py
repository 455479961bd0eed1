"""The commands that a person may want next for a sale, each with its effect."""

from collections.abc import Iterator
from dataclasses import dataclass

from db.views.lists import DeliveryLine, EventLine
from domain.advice import command
from domain.delivery import UNDELIVERED, DeliveryStatus
from domain.event import ORDER_KINDS, Outcome
from domain.license import ListedStatus
from operations.whole_order import WholeOrder

NOT_REACHED = (DeliveryStatus.REFUSED, *UNDELIVERED)
"""States of a mail after which the buyer has another address, or none that works."""
REACHED = (DeliveryStatus.ACCEPTED, DeliveryStatus.DELIVERED)


@dataclass(frozen=True, slots=True)
class NextStep:
    """A whole command, and what it does here."""

    command: str
    effect: str


def next_steps(order: WholeOrder, reference: str) -> list[NextStep]:
    """Return the commands for a sale, the likeliest first."""
    of_mails = list(_of_mails(order, reference))
    mails = [mail for mail in order.deliveries if mail.status != DeliveryStatus.WITHDRAWN]
    # A resend that is accepted settles a sale whose mail was refused.
    if mails and _newest(mails).status in NOT_REACHED:
        return of_mails
    return [*_of_events(order, reference), *of_mails]


def _of_events(order: WholeOrder, reference: str) -> Iterator[NextStep]:
    own = [event for event in order.events if event.kind in ORDER_KINDS]
    if any(_is_parked(event) for event in order.events):
        yield NextStep(command("retry", reference), "tries at once, when the cause is mended")
    elif own and all(event.outcome == Outcome.FAILED for event in own):
        yield NextStep(command("replay", reference), "runs it again, when the cause is mended")


def _is_parked(event: EventLine) -> bool:
    return event.outcome is None and event.error is not None


def _of_mails(order: WholeOrder, reference: str) -> Iterator[NextStep]:
    sent = [mail for mail in order.deliveries if mail.status != DeliveryStatus.WITHDRAWN]
    if not sent:
        return
    if order.licenses and all(each.status == ListedStatus.REVOKED for each in order.licenses):
        restore = command("restore", reference, options=["--reason TEXT"])
        yield NextStep(restore, "gives the license back, and mails it")
        return
    corrected = command("resend", reference, options=["--to ADDRESS"])
    match _newest(sent).status:
        case DeliveryStatus.LOGGED:
            yield NextStep(command("resend", reference), "mails it, once POSTMARK_TOKEN is set")
        case status if status in NOT_REACHED:
            yield NextStep(corrected, "mails it to the right address")
        case status if status in REACHED:
            yield NextStep(command("resend", reference), "mails the same key once more")
            yield NextStep(corrected, "corrects the address, and mails it there")


def _newest(mails: list[DeliveryLine]) -> DeliveryLine:
    return max(mails, key=lambda mail: mail.id)
