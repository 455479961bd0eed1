"""Maps Postmark's answer to a receipt or to an error of our tree.

HTTP statuses and ErrorCodes use the same numbers with different meanings (HTTP 401: the token; code
401: the sender; HTTP 413: the size; code 413: the account), so we use both. The codes come from the
tables of August and September 2026, which differ: 400 is missing in the newer table, but was still
answered. Postmark's own words may hold an address, so they go only into `detail`.
"""

import re
from http import HTTPStatus

from domain.delivery import DeliveryStatus
from domain.error_branches import MintpostError
from domain.errors import (
    DeliveryInDoubtError,
    MailBuiltWronglyError,
    MailerAwayError,
    MailerRefusesError,
    RecipientRefusedError,
)
from mailers.base import Receipt
from mailers.postmark.answers import Answer

PROVIDER = "Postmark"
UNAUTHORIZED = "Postmark refused the token: check POSTMARK_TOKEN, the server's API token"
TEST_MODE = (
    "Postmark's test token is set and nothing is mailed: set the server's own as POSTMARK_TOKEN"
)
UNCONFIRMED = "the From address is no confirmed sender in Postmark: confirm it or change EMAIL_FROM"
SUSPENDED = "this Postmark account or server may not send: ask Postmark's support"

OPERATOR_CODES = {
    10: UNAUTHORIZED,
    400: UNCONFIRMED,
    401: UNCONFIRMED,
    405: "the Postmark account is out of credits: buy more there",
    411: "Postmark forbids the type of an attachment: remove it",
    412: "the Postmark account awaits approval and may mail its own domain only: ask for approval",
    413: SUSPENDED,
    422: SUSPENDED,
    1235: 'message stream "{stream}" does not exist in Postmark: check POSTMARK_MESSAGE_STREAM',
    1236: 'message stream "{stream}" cannot send: check POSTMARK_MESSAGE_STREAM',
    1480: "Postmark does not let this IP address send: allow it in the account's settings",
}
BUG_CODES = frozenset({402, 403, 409, 410})
OPEN_STATUSES = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})
INVALID_FIELD, BLOCKED_RECIPIENT = 300, 406
QUOTED_FIELD = re.compile(r"(?:Invalid|Error parsing) '([A-Za-z-]+)'", re.IGNORECASE)


def receipt_of(answer: Answer, delivery_id: int, stream: str) -> Receipt:
    """Return the receipt of an accepted mail, or raise the answer's error.

    During an outage, Postmark omits ErrorCode in positive answers (published 2024-08). If we
    demanded a 0, such a mail would be sent twice.
    """
    if not answer.ok or answer.code:
        raise _refusal(answer, delivery_id, stream)
    if answer.message_id is None:
        raise DeliveryInDoubtError(PROVIDER, "gave an answer that cannot be read")
    if answer.text == "Test job accepted":
        raise MailerRefusesError(TEST_MODE)
    delayed = "delayed" in (answer.text or "")
    remark = "Postmark says that delivery may be delayed" if delayed else None
    return Receipt(DeliveryStatus.ACCEPTED, answer.message_id, remark)


def trouble(answer: Answer) -> DeliveryInDoubtError | None:
    """Return an error if Postmark or a proxy failed, so that the question stays open, else None."""
    if answer.status not in OPEN_STATUSES and answer.status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return None
    what = f"had an error (HTTP {answer.status})"
    return DeliveryInDoubtError(PROVIDER, what, detail=answer.text, retry_after=answer.retry_after)


def refused_settings(answer: Answer) -> MailerRefusesError:
    """Return the error of an answer that only a person can resolve."""
    if answer.status == HTTPStatus.UNAUTHORIZED:
        return MailerRefusesError(UNAUTHORIZED, detail=answer.text)
    code = "" if answer.code is None else f" with code {answer.code}"
    return MailerRefusesError(
        f"unexpected answer {answer.status}{code} from Postmark: "
        "check POSTMARK_API_URL and the proxy, and Postmark's words in "
        "`mintpost deliveries --status pending`",
        detail=answer.text,
    )


def _refusal(answer: Answer, delivery_id: int, stream: str) -> MintpostError:
    match answer.status, answer.code:
        case (HTTPStatus.SERVICE_UNAVAILABLE, 100):
            return _away(answer, "is down for maintenance")
        case (HTTPStatus.TOO_MANY_REQUESTS, _):
            return _away(answer, "asks us to slow down")
        case (HTTPStatus.REQUEST_ENTITY_TOO_LARGE | HTTPStatus.UNSUPPORTED_MEDIA_TYPE, _):
            return MailBuiltWronglyError(PROVIDER, delivery_id, detail=answer.text)
        case (status, int(code)) if answer.ok or status == HTTPStatus.UNPROCESSABLE_ENTITY:
            return _by_code(answer, code, delivery_id, stream)
    return trouble(answer) or refused_settings(answer)


def _by_code(answer: Answer, code: int, delivery_id: int, stream: str) -> MintpostError:
    if code == INVALID_FIELD:
        return _invalid_field(answer, delivery_id)
    if code == BLOCKED_RECIPIENT:
        return RecipientRefusedError(
            delivery_id,
            "Postmark has blocked the address",
            can_return=True,
            detail=answer.text,
        )
    if code in BUG_CODES:
        return MailBuiltWronglyError(PROVIDER, delivery_id, detail=answer.text)
    if code in OPERATOR_CODES:
        what = OPERATOR_CODES[code].format(stream=stream)
        return MailerRefusesError(what, detail=answer.text)
    return refused_settings(answer)


def _invalid_field(answer: Answer, delivery_id: int) -> MintpostError:
    # For code 300, only the text names the field.
    quoted = QUOTED_FIELD.match(answer.text or "")
    match quoted and quoted[1].lower().replace("-", ""):
        case "to" | "cc" | "bcc":
            why = "Postmark rejects the address"
            return RecipientRefusedError(delivery_id, why, detail=answer.text)
        case "from":
            what = "Postmark finds the From address invalid: check EMAIL_FROM"
            return MailerRefusesError(what, detail=answer.text)
        case "replyto":
            what = "Postmark finds the Reply-To address invalid: check EMAIL_REPLY_TO"
            return MailerRefusesError(what, detail=answer.text)
    return MailBuiltWronglyError(PROVIDER, delivery_id, detail=answer.text)


def _away(answer: Answer, what: str) -> MailerAwayError:
    return MailerAwayError(PROVIDER, what, detail=answer.text, retry_after=answer.retry_after)
