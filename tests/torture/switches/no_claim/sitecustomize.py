"""A worker whose attempts take no lease, and ignore leases."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

import activities.email
from db.owed_emails import OwedEmail, load_owed_email
from kit.clock import utc_now


def load_without_claim(session: Session, delivery_id: int) -> OwedEmail:
    return replace(load_owed_email(session, delivery_id), doubt=None)


def claim_nothing(
    _session: Session,
    _delivery_id: int,
    _seen: datetime | None,
    lease: timedelta,
    _others: tuple[int, ...],
) -> datetime | None:
    return utc_now() + lease


vars(activities.email).update(load_owed_email=load_without_claim, begin_attempt=claim_nothing)
