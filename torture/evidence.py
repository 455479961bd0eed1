"""The values found after a round: in the database, at the mail provider and at the senders."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from domain.delivery import DeliveryStatus
from domain.license import LicenseStatus
from torture.app_evidence import AskedLicense
from torture.apps import Call
from torture.at_rest import AtRest
from torture.fates import Fate
from torture.traffic import Attempt


@dataclass(frozen=True, slots=True)
class FoundEvent:
    """An event. `mark` names the request that brought it.

    `is_copy`: only the worker could name the event, and found it to be another one's repetition.
    """

    mark: str
    order_id: str
    outcome: str | None
    error: str | None = None
    is_copy: bool = False


@dataclass(frozen=True, slots=True)
class FoundLicense:
    """A license. `taken_at` is the time since which it is not active, if it is not."""

    license_id: int
    order_id: str
    expires_at: datetime | None
    subscription_id: str | None = None
    status: str = LicenseStatus.ACTIVE
    reason: str | None = None
    renews: bool | None = None
    tier: str = ""
    seats: int = 1
    taken_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FoundDelivery:
    """A delivery. `order_id` is the order in the mail; for a later charge, the charge's own order.

    `attempts` counts the attempts begun. `is_resend` is true when a person asked for the delivery.
    `carried_by` is another delivery whose mail has this license too.
    `event_kind` is the kind of the event that brought it, if that is no payment.
    """

    delivery_id: int
    license_id: int
    order_id: str
    is_charge: bool = False
    is_resend: bool = False
    is_withdrawn: bool = False
    to: str = ""
    attempts: int = 0
    event_kind: str | None = None
    carried_by: int | None = None
    status: str = DeliveryStatus.ACCEPTED

    @property
    def mail_id(self) -> int:
        """Return the delivery whose mail has the license."""
        return self.delivery_id if self.carried_by is None else self.carried_by


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail accepted by the provider.

    `arrived_at` is the time before the provider did anything else.
    """

    delivery_id: int
    to: str
    arrived_at: datetime


@dataclass(frozen=True, slots=True)
class RecordedCorrection:
    """A correction that was in the database at the time `at`.

    `attempts` maps each delivery of the order to the number of attempts begun by then.
    """

    order_id: str
    at: datetime
    attempts: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything found after a round.

    `messages` has one delivery id for each mail that the provider accepted; `mails` has the same
    mails in full. `earlier` are the deliveries of earlier rounds, which need no more mails. `asked`
    counts the corrections of each order in the database. `calls` are the questions of apps, and
    `asked_licenses` the licenses that they asked for. `fates` has the fate of each
    reported mail by its delivery, and `reports` counts the reports that were answered 200.
    """

    attempts: tuple[Attempt, ...]
    rows: tuple[FoundEvent, ...]
    sales: tuple[str, ...]
    licenses: tuple[FoundLicense, ...]
    deliveries: tuple[FoundDelivery, ...]
    messages: tuple[int, ...]
    earlier: tuple[FoundDelivery, ...] = ()
    spooled: int = 0
    is_quiet: bool = True
    mails: tuple[Mail, ...] = ()
    recorded: tuple[RecordedCorrection, ...] = ()
    asked: Mapping[str, int] = field(default_factory=dict)
    calls: tuple[Call, ...] = ()
    asked_licenses: tuple[AskedLicense, ...] = ()
    fates: Mapping[int, Fate] = field(default_factory=dict)
    reports: int = 0
    at_rest: AtRest = field(default_factory=AtRest)
