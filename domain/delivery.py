"""The states of an owed e-mail, and the reasons to owe one."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Self

from typing_extensions import override

from domain.identifiers import order_reference


class DeliveryStatus(StrEnum):
    """The state of one e-mail. `deliveries.status` holds the value."""

    PENDING = "pending"  #: It waits, or an attempt is under way.
    ACCEPTED = "accepted"  #: A provider took it.
    DELIVERED = "delivered"  #: The provider reports that the receiver's server took it.
    BOUNCED = "bounced"  #: The provider reports that it could not be delivered.
    COMPLAINED = "complained"  #: The provider reports that the receiver called it spam.
    LOGGED = "logged"  #: It was only written down, because no provider is set up.
    REFUSED = "refused"  #: No provider takes it: a person has to act.
    WITHDRAWN = "withdrawn"  #: It is not sent: another delivery is, or the license is not active.


Sent = Literal[DeliveryStatus.ACCEPTED, DeliveryStatus.LOGGED]
"""The states in which a send ends. The provider's reports may follow."""

ACCEPTED: tuple[DeliveryStatus, ...] = (
    DeliveryStatus.ACCEPTED,
    DeliveryStatus.DELIVERED,
    DeliveryStatus.BOUNCED,
    DeliveryStatus.COMPLAINED,
)
"""The states of a mail that a provider took, whatever became of it."""

UNDELIVERED = (DeliveryStatus.BOUNCED, DeliveryStatus.COMPLAINED)
"""The states in which a person should ask the buyer for another address."""

SENT: tuple[DeliveryStatus, ...] = (*ACCEPTED, DeliveryStatus.LOGGED)
"""The states after which no attempt sends the mail again."""
OWED = (DeliveryStatus.PENDING, DeliveryStatus.REFUSED)
"""The states in which an attempt may send the mail."""


TWICE = "sent twice: the second mail is "


def sent_twice(message_id: str, another: str | None, error: str | None) -> str | None:
    """Return the words about a second mail: those that stand, or new ones for another id."""
    if error is not None and error.startswith(TWICE):
        return error.partition(";")[0]
    return None if another in {None, message_id} else f"{TWICE}{another}"


class ReasonKind(StrEnum):
    """The first word of a reason. A colon and a detail follow all but `sale`."""

    SALE = "sale"  #: The license is new.
    CHARGE = "charge"  #: A later charge extended the license; the detail is that order's id.
    EVENT = "event"  #: Another event changed the license; the detail is that event's id.
    RESEND = "resend"  #: A person asked for the e-mail once more; the detail is a number.

    @property
    def prefix(self) -> str:
        """Return the beginning of the reasons of this kind with a detail."""
        return f"{self}:"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an e-mail is owed. A license has one delivery per reason."""

    kind: ReasonKind
    detail: str | None = None

    @classmethod
    def charge(cls, order_id: str) -> Self:
        return cls(ReasonKind.CHARGE, order_id)

    @classmethod
    def event(cls, event_id: int) -> Self:
        return cls(ReasonKind.EVENT, str(event_id))

    @classmethod
    def resend(cls, number: int) -> Self:
        return cls(ReasonKind.RESEND, str(number))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a reason from its column. Raises ValueError for an unknown kind."""
        kind, colon, detail = text.partition(":")
        return cls(ReasonKind(kind), detail if colon else None)

    @property
    def charged_order(self) -> str | None:
        """Return the order of the charge in the e-mail."""
        return self.detail if self.kind is ReasonKind.CHARGE else None

    def letter(self, source: str, order_id: str) -> str:
        """Return the name of the letter that a license of this order goes into.

        A resend is named by its own order and number.
        """
        if self.kind is ReasonKind.EVENT:
            return str(self)
        return order_reference(source, self.charged_order or order_id)

    @property
    def resend_number(self) -> int | None:
        return int(self.detail or 0) if self.kind is ReasonKind.RESEND else None

    @override
    def __str__(self) -> str:
        return self.kind.value if self.detail is None else f"{self.kind.prefix}{self.detail}"


NEW_LICENSE = Reason(ReasonKind.SALE)
"""The reason of the e-mail that announces a new license."""
