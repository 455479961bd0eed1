"""Give one license without a sale: press, friends, a partner's bundle."""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy.orm import Session

from db.engine import Database
from db.inserting import the_one
from db.tables import LicenseRow
from domain.advice import advised
from domain.granting import Granting
from domain.wanted import Wanted
from kit.refusals import RefusedError
from operations.giving import Given, Result, Wish, give


@dataclass(frozen=True, slots=True)
class Issued:
    """A license given by hand. Field names are the JSON keys of `mintpost issue`.

    `new` False: an earlier run with the same reference gave it.
    """

    order: str | None
    license_id: int
    key: str
    tier: str
    seats: int
    expires_at: datetime | None
    new: bool
    event_id: int | None


def issue(database: Database, wanted: Wanted, granting: Granting) -> Issued:
    """Give the license, or return the one that the same reference got. Raises RefusedError."""
    wish = Wish(wanted, _identity(wanted))
    return database.write_here(_issue, wish, granting)


def _issue(session: Session, wish: Wish, granting: Granting) -> Issued:
    given = give(session, wish, granting)
    if given.license_id is None:
        raise RefusedError(_refusal(given))
    row = the_one(session, LicenseRow, id=given.license_id)
    new = given.result is Result.GIVEN
    return Issued(
        order=given.order,
        license_id=row.id,
        key=row.key,
        tier=row.tier,
        seats=row.seats,
        expires_at=row.expires_at,
        new=new,
        event_id=given.event_id,
    )


def _refusal(given: Given) -> str:
    """Say why nothing was given, and how to see its order, if it has one."""
    told = f"no license was given: {given.why}"
    if given.order is None:
        return told
    return f"{told}; all that is known of it: {advised('show', given.order)}"


def _identity(wanted: Wanted) -> str:
    """Return the reference's name. Without a reference, each issue is a new one."""
    return f"issue:{uuid4()}" if wanted.reference is None else wanted.identity or ""
