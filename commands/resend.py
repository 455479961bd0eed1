"""`mintpost resend`: one more license e-mail, to a corrected address if one is given."""

import asyncio
import getpass
import os
from collections.abc import Collection
from datetime import timedelta
from time import monotonic

from rich.text import Text

from commands.lists import DELIVERIES, print_list
from commands.tables import console
from db.engine import Database
from db.resends import NewResend, WaitingOrder, ask_resends, logged_orders, waiting_order
from db.views.lists import DeliveryLine, Filters, list_deliveries
from domain.advice import advised
from domain.delivery import SENT, DeliveryStatus
from domain.errors import RecipientRefusedError
from domain.event import Outcome
from domain.folding import seen_address
from domain.identifiers import order_reference
from kit.addresses import mailable
from kit.clock import utc_now
from kit.refusals import RefusedError

LOOK = timedelta(milliseconds=100)
EVERYTHING = 1_000_000
OVER = {*SENT, DeliveryStatus.REFUSED, DeliveryStatus.WITHDRAWN}


async def run_resend(
    database: Database, order: str | None, to: str | None, why: str | None, patience: float
) -> list[DeliveryLine]:
    """Ask for one order's mail, or without one for all that were only logged; watch them."""
    if order is None:
        asked = await resend_logged(database, why)
    else:
        source, _, order_id = order.partition(":")
        asked = await resend(database, source, order_id, to, why)
    return await what_came(database, asked, timedelta(seconds=patience))


def print_resent(order: str | None, found: list[DeliveryLine]) -> None:
    """Print how the mails stand; of one order without a license, that the address was kept."""
    if found or order is None:
        print_list(DELIVERIES, found, as_json=False)
        return
    console().print(
        Text(
            f"kept: once {order} has its license, that goes to the corrected address by itself; "
            f"{advised('show', order)} tells what it waits for"
        ),
        soft_wrap=True,
    )


async def resend(
    database: Database, source: str, order_id: str, to: str | None, why: str | None
) -> list[int]:
    """Ask for the mail, and return its delivery's id. The API's relay starts it.

    There is none where a corrected address is kept for an order that has no license yet.
    """
    new = NewResend(source, order_id, None if to is None else _address(to), asker(), why)
    # Before it is asked for: an event that comes in between must not look as if it had been there.
    waiting = await database.read(waiting_order, source, order_id)
    deliveries = await database.write(ask_resends, new, utc_now())
    if not deliveries and (waiting is None or to is None):
        raise RefusedError(_nothing_to_send(order_reference(source, order_id), waiting))
    return deliveries


def _nothing_to_send(order: str, waiting: WaitingOrder | None) -> str:
    if waiting is None:
        return f"{order} has no license to send: no event names it; `mintpost events` lists them"
    match waiting.outcome:
        case None if waiting.error is None:
            how = "it is under way, and its e-mail goes out by itself"
        case None:
            how = f"it waits, and its e-mail goes out by itself: {waiting.error}"
        case Outcome.FAILED:
            how = f"it failed: {waiting.error}"
        case outcome:
            how = f"it ended as {outcome}"
    return (
        f"{order} has no license to send yet: {how}. To have it mailed to another address then: "
        f"{advised('resend', order, options=['--to'])}"
    )


async def resend_logged(database: Database, why: str | None) -> list[int]:
    """Ask for every mail that was only written down, since nobody got it."""
    orders = await database.read(logged_orders)
    asked = [await resend(database, source, order_id, None, why) for source, order_id in orders]
    return [delivery for deliveries in asked for delivery in deliveries]


async def what_came(
    database: Database, delivery_ids: Collection[int], patience: timedelta
) -> list[DeliveryLine]:
    """Wait until each mail was sent or refused, or patience ends; return how they stand."""
    deadline = monotonic() + patience.total_seconds()
    while True:
        found = await database.read(list_deliveries, Filters(limit=EVERYTHING))
        asked = [delivery for delivery in found if delivery.id in delivery_ids]
        if all(each.status in OVER for each in asked) or monotonic() > deadline:
            return asked
        await asyncio.sleep(LOOK.total_seconds())


def asker() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # A container may run as a user that has no name.
        return f"user {os.getuid()}"


def _address(to: str) -> str:
    try:
        return mailable(seen_address(to), 0)
    except RecipientRefusedError:
        raise RefusedError("no mail can be sent to that address: check --to") from None
