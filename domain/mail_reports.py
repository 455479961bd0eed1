"""A provider's reports of a mail that it took, and the state that they give the mail."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.advice import advised
from domain.delivery import DeliveryStatus


class ReportKind(StrEnum):
    """The sort of a report. `mail_reports.kind` holds the value."""

    DELAYED = "delayed"  #: The provider goes on trying.
    FAILED_FOR_NOW = "failed_for_now"  #: The mail is lost; the address may work later.
    DELIVERED = "delivered"  #: The receiver's server took the mail.
    TURNED_AWAY = "turned_away"  #: The receiver's server refuses the sender or the text.
    BOUNCED = "bounced"  #: The receiver's server refuses the address for good.
    COMPLAINED = "complained"  #: The receiver called the mail spam.


KINDS = tuple(ReportKind)
STATUS_AFTER = {
    ReportKind.DELIVERED: DeliveryStatus.DELIVERED,
    ReportKind.TURNED_AWAY: DeliveryStatus.BOUNCED,
    ReportKind.BOUNCED: DeliveryStatus.BOUNCED,
    ReportKind.COMPLAINED: DeliveryStatus.COMPLAINED,
}
"""The kinds that decide the status. The others leave the mail accepted."""

LOST = tuple(kind for kind in STATUS_AFTER if kind is not ReportKind.DELIVERED)
"""The kinds after which a person should act. A migration has an index of them."""


@dataclass(frozen=True, slots=True)
class MailReport:
    """One report. `key` is the provider's own id of it, the same at each repetition.

    `at` is the provider's time. `detail` holds the provider's words, perhaps with an address.
    `message_id` names the mail; so do `delivery_id` and `reference`, if the mail's mark came back.
    """

    provider: str
    key: str
    kind: ReportKind
    at: datetime
    detail: str | None
    message_id: str | None = None
    delivery_id: int | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class ReportedState:
    """The state of a mail by its reports. `sentence` is for a person, if there is trouble."""

    status: DeliveryStatus
    sentence: str | None


def state_by_reports(reports: Iterable[MailReport], sale: str) -> ReportedState:
    """Return the state of the mail; in any order of arrival, the same reports come to the same.

    The provider's time decides. At one time, the worse report wins. `sale` is named in commands.
    """
    known = sorted(reports, key=lambda each: (each.at, KINDS.index(each.kind), each.key))
    deciding = next((each for each in reversed(known) if each.kind in STATUS_AFTER), None)
    is_lost = deciding is not None and deciding.kind is not ReportKind.DELIVERED
    telling = deciding if is_lost else next(reversed(known), None)
    return ReportedState(
        DeliveryStatus.ACCEPTED if deciding is None else STATUS_AFTER[deciding.kind],
        None if telling is None else _sentence(telling, sale),
    )


def _sentence(report: MailReport, sale: str) -> str | None:
    words = "" if report.detail is None else f" ({report.detail})"
    match report.kind:
        case ReportKind.DELIVERED:
            return None
        case ReportKind.DELAYED:
            return f"it is delayed{words}: the provider goes on trying, and nothing is to do"
        case ReportKind.FAILED_FOR_NOW:
            again = advised("resend", sale)
            return f"it failed{words}, and the address may work later: then {again}"
        case ReportKind.TURNED_AWAY:
            again = advised("resend", sale)
            return f"the receiver refused our mail, not the address{words}: mend that, then {again}"
        case ReportKind.BOUNCED:
            return f"nobody got it{words}: find the right address, then {_to_another(sale)}"
        case ReportKind.COMPLAINED:
            return f"its receiver called it spam{words}: ask the buyer, then {_to_another(sale)}"


def _to_another(sale: str) -> str:
    return advised("resend", sale, options=("--to", "ADDRESS"))
