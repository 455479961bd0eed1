"""`mintpost find`: the sales that a complaint may mean, and more of the only one."""

from collections.abc import Iterator
from datetime import datetime

from rich.text import Text

from commands.colors import colored
from commands.layout import labeled
from commands.lists import SALES, print_list
from commands.saying import print_steps, say
from commands.tables import cell, console
from db.views.lists import DeliveryLine, LicenseLine, SaleLine
from domain.advice import command
from domain.delivery import DeliveryStatus
from domain.event import Outcome, unsettled_status
from domain.visible import visible
from kit.clock import utc_now
from kit.times import ago, day, told
from operations.find import reference_of
from operations.life import TAKEN_BACK, why_not_active
from operations.next_steps import NextStep, next_steps
from operations.whole_order import WholeOrder

WHERE_ELSE = (
    "search for another part of the name or address, the number on the "
    "receipt, or any key: `mintpost find TEXT`; a sale that came in and could not be read stands "
    "among the events: `mintpost events --status failed`"
)


def print_none() -> None:
    out = console()
    print_list(SALES, [], as_json=False)
    if out.is_terminal:
        say(out, Text(WHERE_ELSE), indent=0)


def print_found(sale: SaleLine, order: WholeOrder) -> None:
    """Print the only sale with its license, its mail and the next commands, on a terminal."""
    out = console()
    print_list(SALES, [sale], as_json=False)
    if not out.is_terminal:
        return
    out.print()
    for line in labeled(list(_facts(order, utc_now())), out.width, indent=4):
        out.print(line, soft_wrap=True)
    reference = reference_of(sale)
    whole = NextStep(command("show", reference), "shows it whole")
    print_steps([whole, *next_steps(order, reference)], out)


def _facts(order: WholeOrder, now: datetime) -> Iterator[tuple[str, Text]]:
    for license_ in order.licenses:
        yield "license", Text(license_.key)
        yield "", _standing(license_, now)
    mails = (each for each in order.deliveries if each.status != DeliveryStatus.WITHDRAWN)
    for mail in sorted(mails, key=lambda each: each.id):
        yield "e-mail", _sent(mail, now)
        for resend in order.resends:
            if resend.delivery_id == mail.id:
                why = f": {resend.asked_why}" if resend.asked_why else ""
                yield "", cell(f"asked for by {resend.asked_by}{why}")
    for event in order.events:
        if event.error is not None and event.outcome in {None, Outcome.FAILED}:
            status = event.outcome or unsettled_status(event.error)
            yield status, Text(event.error, style=colored(status).style)


def _standing(license_: LicenseLine, now: datetime) -> Text:
    """Return status, tier and end of a license."""
    end = license_.expires_at
    until = "never ends" if end is None else f"until {day(end)}, {ago(end, now)}"
    seats = f"{license_.seats} seats" if license_.seats > 1 else None
    told_status = colored(license_.status)
    if license_.status in TAKEN_BACK:
        told_status.plain = why_not_active(license_)
    return told_status.append(
        ", ".join(["", *filter(None, [license_.tier, seats, until])]), style="none"
    )


def _sent(mail: DeliveryLine, now: datetime) -> Text:
    at = "" if mail.sent_at is None else f" {told(mail.sent_at, now)}"
    to = "" if mail.to is None else f" to {visible(mail.to)}"
    return Text.assemble(colored(mail.status), f"{to}{at}")
