"""Turns a field's text into a typed value, or into a sentence that names the field.

Every value can be stored: PostgreSQL refuses a NUL, and UTF-8 cannot encode a lone surrogate. The
worker would retry a sale without end if no database could store the sale.
"""

import re
import unicodedata
from datetime import UTC, datetime, timedelta

from domain.errors import SaleInvalidError, ValueImpossibleError
from domain.folding import seen_address
from domain.identifiers import LONGEST, is_usable, is_usable_order_id
from domain.text import BREAKING_CATEGORIES

LONGEST_ADDRESS = 320
NO_SALE_BEFORE = datetime(2005, 1, 1, tzinfo=UTC)
CLOCKS_DIFFER_BY = timedelta(days=3)

WHOLE = re.compile(r"-?[0-9]+")
_QUOTABLE = re.compile(r"[A-Za-z0-9_./+-]{1,60}")
_WORDS = r'[^@,;:<>()\[\]"\\]+'
# One mailbox: a local part, quoted or of harmless characters, and a domain or an IP literal.
_ADDRESS = re.compile(rf'(?:{_WORDS}|"(?:[^"\\]|\\.)+")@(?:{_WORDS}|\[[0-9A-Za-z:.]+\])')


def quotable(word: str) -> str:
    """Return the word for use in a sentence, or nothing if the word could be foreign text.

    A word with an @ is not quoted, because it could be an address.
    """
    return f' "{word}"' if _QUOTABLE.fullmatch(word) else ""


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
    # int() accepts the digits of other scripts, and refuses more than 4,300 digits.
    digits = present(field, text)
    plain = digits.isascii() and digits.isdecimal() and len(digits) <= len(str(most))
    if not plain or not least <= int(digits) <= most:
        is_whole = WHOLE.fullmatch(digits) is not None
        kind = ValueImpossibleError if is_whole else SaleInvalidError
        raise kind(f"{field} must be a whole number from {least} to {most}")
    return int(digits)


def flag(field: str, text: str) -> bool:
    """Return the flag. An absent flag is not set."""
    if text not in {"", "true", "false"}:
        raise SaleInvalidError(f'{field} must be "true" or "false"')
    return text == "true"


def moment(
    field: str,
    text: str,
    *,
    known_at: datetime,
    read_at: datetime | None = None,
    ahead: timedelta = timedelta(),
) -> datetime:
    """Return the ISO 8601 time in UTC.

    `known_at` is the arrival by the API's clock, and `read_at` is now by the reader's clock. The
    reader's clock is trusted, unless the storefront's clock agrees with the API's clock. The time
    may lie `ahead` of the arrival.
    """
    try:
        read = datetime.fromisoformat(text)
        at = (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise SaleInvalidError(f"{field} must be a time such as 2026-09-01T12:00:05Z") from None
    agrees = abs(at - known_at) <= CLOCKS_DIFFER_BY
    latest = (read_at or known_at) + CLOCKS_DIFFER_BY + ahead
    if at < NO_SALE_BEFORE or not (agrees or at <= latest):
        after = f"{ahead.days // 365} years after " if ahead else ""
        raise SaleInvalidError(
            f"{field} must lie between {NO_SALE_BEFORE.year} and {after}the arrival of the request"
        )
    return at


def arrival(received_at: datetime, read_at: datetime | None) -> datetime:
    """Return the arrival of a request, by the reader's clock if the API's clock is far ahead."""
    ahead = read_at is not None and received_at > read_at + CLOCKS_DIFFER_BY
    return (read_at if read_at is not None and ahead else received_at).astimezone(UTC)


def wrong_clock(at: datetime, known_at: datetime, read_at: datetime | None) -> str | None:
    """Name our clock that shows an earlier time than the storefront's clock."""
    if at > known_at + CLOCKS_DIFFER_BY:
        return "the clock where the API runs is behind, for it was sold after it arrived"
    if read_at is not None and at > read_at + CLOCKS_DIFFER_BY:
        return "the clock of the database is behind, for it was sold after it was read"
    return None


def address(field: str, text: str) -> str:
    """Return one bare e-mail address, without invisible characters.

    Only a text that could pass for two recipients or for a header is refused. The mailer decides
    if it can mail the address, because the sale is paid in any case.
    """
    # Check the length first, because the next test takes time with the square of the blanks.
    is_short = len(present(field, text)) <= 2 * LONGEST_ADDRESS
    found = _ADDRESS.fullmatch(seen_address(text)) if is_short else None
    if found is None or not _is_plain(found[0]):
        raise SaleInvalidError(f"{field} must be one bare e-mail address")
    return found[0]


def _is_plain(address: str) -> bool:
    return len(address) <= LONGEST_ADDRESS and all(
        unicodedata.category(one) not in BREAKING_CATEGORIES for one in address
    )


def present(field: str, text: str) -> str:
    if not text:
        raise SaleInvalidError(f"{field} is missing; every sale must have it")
    return text
