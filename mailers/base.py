"""The contract that every mailer keeps; `tests/mailers/test_contract.py` holds each to it."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto
from typing import ClassVar

from domain.delivery import Sent
from domain.text import is_one_line

PATIENCE = timedelta(seconds=30)
"""For one whole call, from the name's resolution to the answer's last byte."""

AUTOMATIC = (("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "OOF, AutoReply"))
"""Headers of every mail, so that nobody's out-of-office answer goes to the seller.

RFC 3834 has the first, Exchange obeys the second alone. Its value `All` would suppress the reports
of mails that could not be delivered as well, and a provider's bounce is how the seller learns.
"""


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str
    content: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class Mark:
    """By what a mail is known at its provider; it goes along, to ask for the mail later.

    `reference` is lower-case letters and digits. Ids start again in another database, and one
    account may serve several: without it a look-up could adopt a stranger's mail.
    """

    delivery_id: int
    reference: str


@dataclass(frozen=True, slots=True)
class Email:
    """One mail to one person.

    `to` is as the storefront gave it: each mailer sends it through `kit.addresses.mailable`.
    """

    mark: Mark
    to: str
    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = ()

    @property
    def delivery_id(self) -> int:
        return self.mark.delivery_id

    def __post_init__(self) -> None:
        # A line break would start a header of its own in the mail, so none ever gets this far.
        if not is_one_line(self.subject):
            raise ValueError("a subject holds no control character")


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a mail: a provider `accepted` it, or it was only `logged`.

    `message_id` is the provider's own; `remark` is what it said beside its yes.
    """

    status: Sent
    message_id: str
    remark: str | None = None


class Safeguard(Enum):
    """What keeps a mail that may have been accepted from being accepted a second time.

    LOOK_UP: `find` tells whether the mail went out. IDEMPOTENCY_KEY: the provider takes two mails
    of one mark for one, so that it is sent again at once. NONE: it is sent again, and may come
    twice: at least once.
    """

    LOOK_UP = auto()
    IDEMPOTENCY_KEY = auto()
    NONE = auto()


class EmailService(ABC):
    """Sends a mail or raises one of the errors below; it never answers halfway.

    MailerAwayError: surely not sent. DeliveryInDoubtError: perhaps sent. MailerRefusesError:
    not sent, a person must act. RecipientRefusedError and MailBuiltWronglyError: not sent,
    and never will be.
    """

    provider: ClassVar[str]
    safeguard: ClassVar[Safeguard]

    @abstractmethod
    async def send(self, email: Email, patience: timedelta = PATIENCE) -> Receipt: ...

    async def find(self, mark: Mark, patience: timedelta = PATIENCE) -> Receipt | None:
        """Look up the mail that bears this mark. None is no proof: a provider's listing may lag.

        Only a mailer whose safeguard is the look-up has it. One that fails leaves the question
        open: it raises DeliveryInDoubtError or MailerRefusesError, never MailerAwayError.
        """
        raise NotImplementedError

    @abstractmethod
    async def aclose(self) -> None: ...
