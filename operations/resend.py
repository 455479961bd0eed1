"""Ask for another license e-mail, perhaps to a corrected address."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from sqlalchemy.orm import Session

from db.engine import Database
from db.remaps import licenses_of_order
from db.resends import NewResend, WaitingOrder, ask_resends, logged_orders, waiting_order
from db.views.lists import Filters, LicenseLine, list_licenses
from domain.advice import advised
from domain.errors import RecipientRefusedError
from domain.event import Outcome
from domain.folding import seen_address
from domain.identifiers import order_reference
from kit.addresses import mailable
from kit.clock import utc_now
from kit.refusals import RefusedError
from operations.find import ALL_EVENTS
from operations.life import TAKEN_BACK, why_not_active


class AddressRefusedError(RefusedError):
    """No mail can reach the address; the sentence does not quote it."""

    def __init__(self, order: str) -> None:
        other = advised("resend", order, options=["--to ADDRESS"])
        super().__init__(f"no mail can be sent to that address; to give another: {other}")


class NothingToSendError(RefusedError):
    """The order has no license. `waiting`: its state; None if no event names the order."""

    def __init__(self, order: str, waiting: WaitingOrder | None) -> None:
        self.order, self.waiting = order, waiting
        super().__init__(_nothing_to_send(order, waiting))


class NoAddressError(RefusedError):
    """The shop told no address of the buyer, and neither did the person."""

    def __init__(self, new: NewResend) -> None:
        order = order_reference(new.source, new.order_id)
        super().__init__(
            f"{order} has no address: give one with "
            f"{advised('resend', order, options=['--to ADDRESS'])}"
        )


class NotActiveError(RefusedError):
    """The mail would carry a license that is revoked or suspended, and nobody confirmed it."""

    def __init__(self, new: NewResend, licenses: Sequence[LicenseLine]) -> None:
        self.what = "; ".join(f"license {each.id} is {why_not_active(each)}" for each in licenses)
        order = order_reference(new.source, new.order_id)
        super().__init__(
            f"nothing was mailed: {self.what}. To mail it all the same: "
            f"{advised('resend', order, options=_options(new))}"
        )


async def resend(database: Database, new: NewResend, *, confirmed: bool = False) -> list[int]:
    """Ask for the mails, and return the ids of their deliveries. The API's relay sends them.

    The list is empty if the order has no license yet. Then the corrected address is kept.
    `confirmed`: mail a license that is revoked or suspended as well.
    Raises AddressRefusedError, NothingToSendError, NoAddressError and NotActiveError.
    """
    new = replace(new, to=None if new.to is None else _address(new))
    # Read first, because an event may arrive before the write, and must not count as known.
    waiting = await database.read(waiting_order, new.source, new.order_id)
    deliveries = await database.write(_ask, new, confirmed)
    if not deliveries and (waiting is None or new.to is None):
        raise NothingToSendError(order_reference(new.source, new.order_id), waiting)
    return deliveries


async def resend_logged(database: Database, asked_by: str, why: str | None) -> list[int]:
    """Ask for every logged mail of an active license, because nobody got them."""
    asked: list[int] = []
    for source, order_id in await database.read(logged_orders):
        with suppress(NotActiveError, NoAddressError):
            asked += await resend(database, NewResend(source, order_id, None, asked_by, why))
    return asked


def _ask(session: Session, new: NewResend, confirmed: bool) -> list[int]:  # noqa: FBT001 - passed on by the database
    ids = licenses_of_order(session, new.source, new.order_id)
    licenses = list_licenses(session, Filters(ids=ids))
    taken = [each for each in licenses if each.status in TAKEN_BACK]
    if taken and not confirmed:
        raise NotActiveError(new, taken)
    if new.to is None and any(each.email is None for each in licenses):
        raise NoAddressError(new)
    return ask_resends(session, new, utc_now())


def _options(new: NewResend) -> list[str]:
    """Return the options of the confirmed command. No sentence quotes an address."""
    given = {"--to ADDRESS": new.to, "--reason TEXT": new.asked_why}
    return [*(option for option, value in given.items() if value is not None), "--yes"]


def _address(new: NewResend) -> str:
    try:
        return mailable(seen_address(new.to or ""), 0)
    except RecipientRefusedError:
        order = order_reference(new.source, new.order_id)
        raise AddressRefusedError(order) from None


def _nothing_to_send(order: str, waiting: WaitingOrder | None) -> str:
    if waiting is None:
        return f"{order} has no license to send: no event names it; {ALL_EVENTS}"
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
        f"{advised('resend', order, options=['--to ADDRESS'])}"
    )
