"""Locks on names that have no row of their own."""

from collections.abc import Iterable

from sqlalchemy import text
from sqlalchemy.orm import Session

LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")


def lock_subscriptions(session: Session, source: str, subscription_ids: Iterable[str]) -> None:
    """Lock subscriptions until the end of the transaction, in an order that cannot deadlock.

    Two events of one subscription may come at once, and the second must see the facts of the first.
    SQLite needs no lock, because it has one writing transaction at a time.
    """
    if session.get_bind().dialect.name != "postgresql":
        return
    for subscription_id in sorted(set(subscription_ids)):
        session.execute(LOCK, {"name": f"subscription {source} {subscription_id}"})


def lock_alerts(session: Session) -> None:
    """Lock the alerts until the end of the transaction, so that one process alone tells a cause."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(LOCK, {"name": "alerts"})


def lock_devices(session: Session, license_id: int) -> None:
    """Lock the devices of a license until the end of the transaction.

    Not the license's row: the API's role in PostgreSQL may not change licenses, and so cannot lock
    their rows.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(LOCK, {"name": f"devices {license_id}"})
