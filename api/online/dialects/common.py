"""The parts that several dialects have in common."""

from collections.abc import Collection
from datetime import UTC, datetime
from uuid import UUID

from fastapi.responses import Response

from api.online.open_routes import AGAIN_AFTER, Words
from domain.license import License
from domain.online import LONGEST_LABEL, Code

NO_KEY: Collection[Code] = frozenset({Code.MISTYPED_KEY, Code.UNKNOWN_KEY, Code.WRONG_PRODUCT})
"""The verdicts that another vendor's app takes for an unknown key."""

SHUT: Collection[Code] = frozenset({Code.REFUNDED, Code.DISPUTED, Code.PAUSED, Code.DISABLED})
"""The verdicts on a license that is suspended or revoked."""


def stamp(moment: datetime) -> str:
    """Write a time with six digits and a zone, which the strict clients demand."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def end_stamp(license_: License) -> str | None:
    """Write the end of a license with its grace.

    These apps know no grace, and some compare the end with their clock.
    """
    return None if license_.good_until is None else stamp(license_.good_until)


def shown_label(text: str) -> str:
    """Return a label that a terminal can show. An app's own label may be long, and is cut."""
    seen = "".join(letter if letter.isprintable() else " " for letter in text)
    return seen[:LONGEST_LABEL]


def same_spelling(device: str) -> str:
    """Return an id in the spelling in which this API made it, if it is a UUID at all."""
    try:
        return str(UUID(device))
    except ValueError:
        return device


def not_yet(words: Words) -> Response:
    """Answer for a license that is being minted, because its app must not forget the key."""
    seconds = round(AGAIN_AFTER.total_seconds())
    response = words.away(seconds)
    response.headers["Retry-After"] = str(seconds)
    return response
