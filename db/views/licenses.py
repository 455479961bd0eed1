"""Find a license by any of its keys or by a token."""

from sqlalchemy import String, and_, cast, or_, select
from sqlalchemy.orm import Session

from db.further_keys import holder_of_key
from db.licenses import license_of
from db.tables import LicenseRow
from domain.license import License


def find_license(session: Session, key: str) -> License | None:
    """Return the license with this key, its own or a further key."""
    own = session.scalar(select(LicenseRow).filter_by(key=key))
    if own is not None:
        return license_of(own)
    holder = holder_of_key(session, key)
    row = None if holder is None else session.get(LicenseRow, holder)
    return None if row is None else license_of(row)


def find_license_of_token(session: Session, token_id: str) -> License | None:
    """Return the license with tokens of this `jti`, today's or a former one."""
    if not token_id.isprintable():  # PostgreSQL refuses NUL, and a driver half a character.
        return None
    by_number = and_(LicenseRow.token_id.is_(None), cast(LicenseRow.id, String) == token_id)
    current = or_(LicenseRow.token_id == token_id, LicenseRow.former_token_id == token_id)
    row = session.scalars(select(LicenseRow).where(or_(current, by_number))).first()
    return None if row is None else license_of(row)
