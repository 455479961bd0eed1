"""Reads Postmark's webhook calls, after its documentation of August and September 2026.

Samples contradict each other in TypeCode, so RecordType and Type decide. Every other value may be
missing. A probe that Postmark sends when a webhook is saved has no documented body.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256

from domain.mail_reports import MailReport, ReportKind
from domain.text import one_line
from mailers.doors import UnreadableReportError
from mailers.postmark.values import NAME, json_of, message_id_of, object_of, text_of

BOUNCES: Mapping[str, ReportKind | None] = {
    **dict.fromkeys(
        ("HardBounce", "BadEmailAddress", "ManuallyDeactivated", "Unconfirmed", "Unknown"),
        ReportKind.BOUNCED,
    ),
    # The address may be good: the receiver minds our domain, our server or the text.
    **dict.fromkeys(
        ("Blocked", "SpamNotification", "VirusNotification", "DMARCPolicy"),
        ReportKind.TURNED_AWAY,
    ),
    **dict.fromkeys(("Transient", "DnsError"), ReportKind.DELAYED),
    "SpamComplaint": ReportKind.COMPLAINED,
    # An answer to the mail, and no failure.
    **dict.fromkeys(
        (
            "AutoResponder",
            "AddressChange",
            "ChallengeVerification",
            "Subscribe",
            "Unsubscribe",
            "OpenRelayTest",
        )
    ),
}
OTHERWISE = ReportKind.FAILED_FOR_NOW
"""A soft bounce, and types that Postmark adds later."""

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
"""Before Postmark. In a zone that is behind UTC, psycopg cannot read the year 1 again."""

LONGEST_DETAIL = 300
LONGEST_NUMBER = 18


def read_report(body: bytes) -> MailReport | None:
    """Read a call; None for a call that tells no state of a mail. Raises UnreadableReportError."""
    parsed = json_of(body)
    if not isinstance(parsed, dict):
        raise UnreadableReportError
    fields = object_of(parsed)
    match text_of(fields, "RecordType"):
        case "Delivery":
            return _report(fields, ReportKind.DELIVERED, "DeliveredAt", _delivery_key(fields))
        case "Bounce":
            kind = BOUNCES.get(text_of(fields, "Type") or "", OTHERWISE)
            if kind is not None:
                return _report(fields, kind, "BouncedAt", _bounce_key(fields))
        case "SpamComplaint":
            return _report(fields, ReportKind.COMPLAINED, "BouncedAt", _bounce_key(fields))
    return None


def _report(fields: Mapping[str, object], kind: ReportKind, time: str, key: str) -> MailReport:
    metadata = object_of(fields.get("Metadata"))
    number = text_of(metadata, "delivery") or ""
    is_number = number.isascii() and number.isdecimal() and len(number) <= LONGEST_NUMBER
    return MailReport(
        provider=NAME,
        key=key,
        kind=kind,
        at=_time(text_of(fields, time)),
        detail=_detail(fields, kind),
        message_id=message_id_of(fields),
        delivery_id=int(number) if is_number else None,
        reference=text_of(metadata, "reference"),
    )


def _bounce_key(fields: Mapping[str, object]) -> str:
    own = fields.get("ID")
    if isinstance(own, int):
        return f"{text_of(fields, 'RecordType')}:{own}"[:LONGEST_DETAIL]
    return _hashed(fields, "RecordType", "MessageID", "Email", "BouncedAt")


def _delivery_key(fields: Mapping[str, object]) -> str:
    # Postmark gives a delivery no id of its own.
    return _hashed(fields, "RecordType", "MessageID", "Recipient", "DeliveredAt")


def _hashed(fields: Mapping[str, object], *names: str) -> str:
    # Hashed, because the key outlives an erased address.
    words = "\n".join(text_of(fields, name) or "" for name in names)
    return f"{text_of(fields, 'RecordType')}:{sha256(words.encode(errors='replace')).hexdigest()}"


def _detail(fields: Mapping[str, object], kind: ReportKind) -> str | None:
    words = text_of(fields, "Details") or text_of(fields, "Description")
    title = None if kind is ReportKind.DELIVERED else text_of(fields, "Type")
    return one_line(": ".join(filter(None, [title, words])), LONGEST_DETAIL) or None


def _time(text: str | None) -> datetime:
    try:
        told = datetime.fromisoformat(text or "")
        time = (told if told.tzinfo else told.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise UnreadableReportError from None
    if time < EARLIEST:
        raise UnreadableReportError
    return time
