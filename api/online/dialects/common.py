"""The parts that several dialects have in common."""

from collections.abc import Collection
from datetime import UTC, datetime
from uuid import UUID

from fastapi.responses import Response

from api.online.open_routes import AGAIN_AFTER, Words
from domain.license import License, has_ended
from domain.online import LONGEST_LABEL, Code

NO_KEY: Collection[Code] = frozenset({Code.MISTYPED_KEY, Code.UNKNOWN_KEY, Code.WRONG_PRODUCT})
"""The verdicts that another vendor's app takes for an unknown key."""

SHUT: Collection[Code] = frozenset({Code.REFUNDED, Code.DISPUTED, Code.PAUSED, Code.DISABLED})
"""The verdicts on a license that is suspended or revoked."""


def stamp(moment: datetime) -> str:
    """Write a time with six digits and a zone, which the strict clients demand."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def shown_end(license_: License, now: datetime) -> datetime | None:
    """Return the end as another vendor's app may read it.

    These apps know no grace, and some compare the end with their clock. So they get the end of
    the grace as soon as it runs, and the paid end before.
    """
    if has_ended(license_.expires_at, now):
        return license_.good_until
    return license_.expires_at


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
