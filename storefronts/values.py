"""From a field's text to a typed value, or to a sentence that names the field.

Everything here can be stored: no NUL, which PostgreSQL refuses, and no lone surrogate, which
UTF-8 cannot encode. A sale that no database takes would be tried without end.
"""

import re
import unicodedata
from datetime import UTC, datetime, timedelta

from email_validator import EmailNotValidError, validate_email

from domain.errors import SaleInvalidError
from domain.identifiers import LONGEST, is_usable, is_usable_order_id

LONGEST_TEXT = 200
NO_SALE_BEFORE = datetime(2005, 1, 1, tzinfo=UTC)
CLOCKS_DIFFER_BY = timedelta(days=3)

_QUOTABLE = re.compile(r"[A-Za-z0-9_./+-]{1,60}")
_CONTROL_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})


def quotable(word: str) -> str:
    """Return the word as a piece of a sentence, or nothing where it could be foreign text.

    There is no @ in it, so it cannot be an address.
    """
    return f' "{word}"' if _QUOTABLE.fullmatch(word) else ""


def plain_text(text: str) -> str:
    """Return free text without line breaks and control characters, trimmed, at most 200 long.

    Joiners stay: names in several scripts, and emoji, are written with them.
    """
    kept = "".join(one for one in text if unicodedata.category(one) not in _CONTROL_CATEGORIES)
    return kept.strip()[:LONGEST_TEXT].rstrip()


def identifier(field: str, text: str) -> str:
    if not is_usable(present(field, text)):
        raise SaleInvalidError(f"{field} must be 1 to {LONGEST} printable characters")
    return text


def order_identifier(field: str, text: str) -> str:
    if not is_usable_order_id(present(field, text)):
        raise SaleInvalidError(
            f"{field} must be 1 to {LONGEST} printable characters without a colon"
        )
    return text


def whole_number(field: str, text: str, least: int, most: int) -> int:
    # int() would take other scripts' digits, and refuses more than 4,300 of any.
    digits = present(field, text)
    plain = digits.isascii() and digits.isdecimal() and len(digits) <= len(str(most))
    if not plain or not least <= int(digits) <= most:
        raise SaleInvalidError(f"{field} must be a whole number from {least} to {most}")
    return int(digits)


def flag(field: str, text: str) -> bool:
    """Return whether it is set; an absent one is not."""
    if text not in {"", "true", "false"}:
        raise SaleInvalidError(f'{field} must be "true" or "false"')
    return text == "true"


def moment(field: str, text: str, *, known_at: datetime) -> datetime:
    """Return the ISO 8601 time in UTC; `known_at` is when we learned of it."""
    try:
        read = datetime.fromisoformat(text)
        at = (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise SaleInvalidError(f"{field} must be a time such as 2026-09-01T12:00:05Z") from None
    if not NO_SALE_BEFORE <= at <= known_at + CLOCKS_DIFFER_BY:
        raise SaleInvalidError(
            f"{field} must lie between {NO_SALE_BEFORE.year} and the arrival of the ping"
        )
    return at


def address(field: str, text: str) -> str:
    """Return one bare e-mail address, as it came.

    Quoted and non-ASCII ones are addresses: whether they can be mailed is the mailer's question.
    """
    try:
        validate_email(
            present(field, text),
            allow_quoted_local=True,
            allow_smtputf8=True,
            check_deliverability=False,
            test_environment=True,
        )
    except EmailNotValidError:
        raise SaleInvalidError(f"{field} must be one bare e-mail address") from None
    return text


def present(field: str, text: str) -> str:
    if not text:
        raise SaleInvalidError(f"{field} is missing; every sale must have it")
    return text
