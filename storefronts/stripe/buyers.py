"""The buyer of an order."""

from dataclasses import dataclass

from domain.errors import SaleInvalidError
from domain.facts import Buyer
from domain.sale import CORRECTED
from domain.text import plain_text
from storefronts.base import StoredRequest
from storefronts.document import Member

UNREADABLE = "the address at Stripe is not one bare e-mail address"


@dataclass(frozen=True, slots=True)
class FoundBuyer:
    """`note` tells a person of a doubt, or of the address that replaced Stripe's."""

    buyer: Buyer
    note: str | None


def buyer_of(email: Member, names: tuple[Member, ...], request: StoredRequest) -> FoundBuyer:
    """Return the buyer, with the first of the names.

    The order is paid, so an unreadable address keeps no license back: the mail waits for another.
    """
    address, note = _address(email)
    if request.address is not None:
        address, note = request.address, CORRECTED
    told = (plain_text(each.text_or_none() or "") for each in names)
    name = next((each for each in told if each), None)
    return FoundBuyer(Buyer(address, name or plain_text(address.rpartition("@")[0])), note)


def _address(email: Member) -> tuple[str, str | None]:
    if not email.text_or_none():
        return "", None
    try:
        return email.address(), None
    except SaleInvalidError:
        return "", UNREADABLE
