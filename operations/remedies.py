"""The command that makes waiting or failed events go on, for alerts and status."""

import re

from domain.advice import command
from domain.event import OPERATOR, EventStatus
from domain.grouping import WaitingEvent, WaitingGroup
from domain.identifiers import event_reference, order_reference

ADVISED = re.compile(r"(?<!`)(`+)(?!`) ?((?:mintpost|temporal) (?:(?!\1).)+?) ?\1\W*$")
"""The command at the end of a sentence. What stands before may be foreign, such as a product id
that looks like a command, and somebody would run it."""

QUOTED = re.compile(r"\"'\"|'[^']*'")
"""Quoted words, as `shlex.quote` writes them."""

ONE_COMMAND = re.compile(r"[\w@%+=:,./ -]+")
"""Characters that a shell takes as they are."""

WITHOUT_SALE = "mintpost resend --to"
"""Ends the sentences that older versions wrote on sales whose address no provider takes."""


def remedy_of(group: WaitingGroup) -> str:
    """Return the sentence's own command, or the one that makes the oldest event go on."""
    oldest = group.events[0]
    if (advice := _advice_in(group)) is not None:
        return advice
    match group.status:
        case EventStatus.FAILED:
            # The run that failed may be another than the order's, such as a refund's.
            return command("replay", oldest.workflow_id or reference(oldest))
        case EventStatus.PARKED:
            return command("retry", reference(oldest))
        case _:
            return command("show", reference(oldest))


def reference(event: WaitingEvent) -> str:
    """Return the event's name, as `mintpost show` takes it."""
    # Several acts name an order by the source of its license.
    if event.order_id is None or event.source == OPERATOR:
        return event_reference(event.source, event.id)
    return order_reference(event.source, event.order_id)


def _advice_in(group: WaitingGroup) -> str | None:
    """Return the command that ends the sentence, or None if another does better today."""
    told = ADVISED.search(group.sentence or "")
    advice = told[2] if told and ONE_COMMAND.fullmatch(QUOTED.sub("", told[2])) else None
    if advice == WITHOUT_SALE:
        return command("resend", reference(group.events[0]), options=["--to ADDRESS"])
    # Older versions advised a reset for a failed sale. A replay also reopens its events.
    has_failed = group.status is EventStatus.FAILED
    is_reset = advice is not None and advice.startswith("temporal ")
    return None if has_failed and is_reset else advice
