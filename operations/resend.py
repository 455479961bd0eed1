"""Ask for another license e-mail, perhaps to a corrected address."""

from dataclasses import replace

from db.engine import Database
from db.resends import NewResend, WaitingOrder, ask_resends, logged_orders, waiting_order
from domain.advice import advised
from domain.errors import RecipientRefusedError
from domain.event import Outcome
from domain.folding import seen_address
from domain.identifiers import order_reference
from kit.addresses import mailable
from kit.clock import utc_now
from kit.refusals import RefusedError


class AddressRefusedError(RefusedError):
    """No mail can reach the address; the sentence does not quote it."""

    def __init__(self) -> None:
        super().__init__("no mail can be sent to that address: check --to")


class NothingToSendError(RefusedError):
    """The order has no license. `waiting`: its state; None if no event names the order."""

    def __init__(self, order: str, waiting: WaitingOrder | None) -> None:
        self.order, self.waiting = order, waiting
        super().__init__(_nothing_to_send(order, waiting))


async def resend(database: Database, new: NewResend) -> list[int]:
    """Ask for the mails, and return the ids of their deliveries. The API's relay sends them.

    The list is empty if the order has no license yet. Then the corrected address is kept.
    Raises AddressRefusedError and NothingToSendError.
    """
    new = replace(new, to=None if new.to is None else _address(new.to))
    # Read first, because an event may arrive before the write, and must not count as known.
    waiting = await database.read(waiting_order, new.source, new.order_id)
    deliveries = await database.write(ask_resends, new, utc_now())
    if not deliveries and (waiting is None or new.to is None):
        raise NothingToSendError(order_reference(new.source, new.order_id), waiting)
    return deliveries


async def resend_logged(database: Database, asked_by: str, why: str | None) -> list[int]:
    """Ask for every logged mail, because nobody got them."""
    orders = await database.read(logged_orders)
    asked = [
        await resend(database, NewResend(source, order_id, None, asked_by, why))
        for source, order_id in orders
    ]
    return [delivery for deliveries in asked for delivery in deliveries]


def _address(to: str) -> str:
    try:
        return mailable(seen_address(to), 0)
    except RecipientRefusedError:
        raise AddressRefusedError from None


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
