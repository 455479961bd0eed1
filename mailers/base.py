"""The contract of every mailer. `tests/mailers/test_contract.py` runs over all of them."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, StrEnum, auto
from typing import ClassVar

from domain.delivery import Sent
from domain.findings import Finding, unchecked
from domain.text import is_one_line

PATIENCE = timedelta(seconds=30)
"""Timeout of a whole call, from name resolution to the last byte of the answer."""

AUTOMATIC = (("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "OOF, AutoReply"))
"""Headers of every mail, so that no out-of-office answer goes to the seller.

The first is from RFC 3834; Exchange obeys only the second. We do not use its value `All`, which
would also suppress reports of undeliverable mails: a seller learns of them through bounces.
"""


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str
    content: bytes
    content_type: str


class MailKind(StrEnum):
    DELIVERY = "delivery"  #: It tells a license to its holder.
    DIGEST = "digest"  #: It tells the operator of alerts.


@dataclass(frozen=True, slots=True)
class Mark:
    """Identifies a mail at its provider. It is sent along, so that we can look the mail up later.

    `reference` is lower-case letters and digits. Ids start again in a new database, and one account
    may serve several databases: without `reference`, a look-up could find a mail of another
    database.
    `kind` keeps a digest of alerts from being taken for the delivery with its number.
    """

    delivery_id: int
    reference: str
    kind: MailKind = MailKind.DELIVERY

    @property
    def name(self) -> str:
        """Return the number of a delivery, or `digest-` and the number of a digest."""
        is_delivery = self.kind is MailKind.DELIVERY
        return str(self.delivery_id) if is_delivery else f"{self.kind}-{self.delivery_id}"


@dataclass(frozen=True, slots=True)
class Email:
    """One mail to one person.

    `to` is the storefront's spelling. Each mailer sends it through `kit.addresses.mailable`.
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
        # A line break would start a new header in the mail.
        if not is_one_line(self.subject):
            raise ValueError("a subject holds no control character")


@dataclass(frozen=True, slots=True)
class Receipt:
    """The result of sending: a provider `accepted` the mail, or it was only `logged`.

    `message_id` is the provider's id; `remark` is a remark in the provider's answer.
    """

    status: Sent
    message_id: str
    remark: str | None = None


class Safeguard(Enum):
    """The protection against accepting the same mail twice after a doubtful attempt.

    LOOK_UP: `find` tells if the mail was sent. IDEMPOTENCY_KEY: the provider accepts only one mail
    per mark, so we retry at once. NONE: we retry, and the mail may arrive twice (at least once).
    """

    LOOK_UP = auto()
    IDEMPOTENCY_KEY = auto()
    NONE = auto()


class EmailService(ABC):
    """Sends a mail, or raises one of the errors below.

    MailerAwayError: surely not sent. DeliveryInDoubtError: perhaps sent. MailerRefusesError: not
    sent, a person must act. RecipientRefusedError and MailBuiltWronglyError: not sent, and never
    will be.
    """

    provider: ClassVar[str]
    safeguard: ClassVar[Safeguard]

    reports: ClassVar[bool] = False
    """Tells whether the provider calls `/webhooks/<provider>` with reports of mails.

    Then `mailers.registry` has a door of that name.
    """

    confirms_senders: ClassVar[bool] = False
    """Tells whether the provider takes only senders that it has confirmed."""

    @abstractmethod
    async def send(self, email: Email, patience: timedelta = PATIENCE) -> Receipt: ...

    async def find(self, mark: Mark, patience: timedelta = PATIENCE) -> Receipt | None:
        """Look up the mail with this mark. None proves nothing, because a provider's list may lag.

        Only mailers with the safeguard LOOK_UP implement `find`. A failed look-up leaves the
        delivery in doubt: it raises DeliveryInDoubtError or MailerRefusesError, never
        MailerAwayError.
        """
        raise NotImplementedError

    async def check(
        self,
        public: str | None,  # noqa: ARG002 - for a provider with webhooks
        patience: timedelta = PATIENCE,  # noqa: ARG002
        *,
        unset: str | None = None,  # noqa: ARG002 - for a provider with webhooks
    ) -> Sequence[Finding]:
        """Tell whether the provider would take our mail, by calls that change nothing.

        `public` is the API's address from outside, at which the provider's webhook should point.
        `unset` names the secret of that webhook, if it is known that the API has none.
        A failed call is a finding too. A mailer that cannot ask anything says so.
        """
        return [unchecked("mail", f"{self.provider} has nothing that can be asked")]

    async def provider_time(self, patience: timedelta = PATIENCE) -> datetime | None:  # noqa: ARG002
        """Return the provider's clock; None if it tells none."""
        return None

    @abstractmethod
    async def aclose(self) -> None: ...
