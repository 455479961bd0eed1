"""Find a license by its key or by a token."""

from sqlalchemy import String, and_, cast, or_, select
from sqlalchemy.orm import Session

from db.licenses import license_of
from db.tables import LicenseRow
from domain.license import License


def find_license(session: Session, key: str) -> License | None:
    row = session.execute(select(LicenseRow).filter_by(key=key)).scalar_one_or_none()
    return None if row is None else license_of(row)


def find_license_of_token(session: Session, token_id: str) -> License | None:
    """Return the license with tokens of this `jti`, today's or a former one."""
    if not token_id.isprintable():  # PostgreSQL refuses NUL, and a driver half a character.
        return None
    by_number = and_(LicenseRow.token_id.is_(None), cast(LicenseRow.id, String) == token_id)
    current = or_(LicenseRow.token_id == token_id, LicenseRow.former_token_id == token_id)
    row = session.scalars(select(LicenseRow).where(or_(current, by_number))).first()
    return None if row is None else license_of(row)
