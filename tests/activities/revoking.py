"""Licenses that are sold and taken back, and the lists that a worker signs about them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from activities.revocations import RevocationSigner
from db.applying import NewFacts, apply_event
from db.engine import Database
from db.sales import save_sale
from db.signing_keys import KnownKey, remember_key
from db.tables import LicenseRow, RevocationListRow
from domain.facts import Dispute, Fact, Refund
from domain.license import LicenseStatus
from kit.clock import utc_now
from licensing.revocations import Revocations, revocation_hash, signer_of_list, verify_revocations
from licensing.signing import Signer
from tests.db.rows import NOON, license_of, minted, sale_of, store_event

SECOND = timedelta(seconds=1)


class Clock:
    """A clock that goes on by a second each time that somebody looks."""

    def __init__(self) -> None:
        self.now = utc_now().replace(microsecond=0)

    def __call__(self) -> datetime:
        self.now += SECOND
        return self.now


def worker_with(database: Database, signer: Signer, clock: Clock) -> RevocationSigner:
    """Start a worker, which stores its key first."""
    key = signer.public_key
    database.write_here(remember_key, KnownKey(key.kid, key.x), clock())
    return RevocationSigner(database, signer, clock)


def sell(database: Database, *orders: str) -> None:
    """Mint a license with the `jti` jti-<order> for each order."""

    def mint(session: Session, order: str) -> None:
        sale = sale_of(order)
        event_id = store_event(session, order)
        sale_id = save_sale(session, event_id, sale, NOON)
        new = license_of(sale_id, f"key-{order}", event_id=event_id)
        minted(session, sale, replace(new, token_id=f"jti-{order}"))

    for order in orders:
        database.write_here(mint, order)


def refund(database: Database, order: str) -> None:
    _apply(database, Refund(order, utc_now(), whole=True), order)


def dispute(database: Database, order: str) -> None:
    _apply(database, Dispute(order, utc_now(), "open"), order)


def win(database: Database, order: str) -> None:
    _apply(database, Dispute(order, utc_now(), "won"), order)


def refund_partly(database: Database, order: str) -> None:
    _apply(database, Refund(order, utc_now(), whole=False), order)


def _apply(database: Database, fact: Fact, order: str) -> None:
    def apply(session: Session) -> None:
        event_id = store_event(session, order, fact.kind)
        apply_event(session, NewFacts(event_id, fact.kind, "gumroad", (fact,)), utc_now())

    database.write_here(apply)


def revoke_without_history(database: Database, order: str) -> None:
    """Write the status alone, as if the change's row were committed with an earlier number."""
    changing = update(LicenseRow).filter_by(order_id=order)
    with database.engine.begin() as connection:
        connection.execute(changing.values(status=LicenseStatus.REVOKED))


def tokens(database: Database) -> Sequence[str]:
    """Return the kept lists, newest first."""
    newest = select(RevocationListRow.token).order_by(RevocationListRow.seq.desc())
    return database.read_here(lambda session: session.scalars(newest).all())


def signers(database: Database) -> list[object]:
    return [signer_of_list(token) for token in tokens(database)]


def lists(database: Database, signer: Signer) -> list[Revocations]:
    """Return the kept lists, newest first, as an app reads them."""
    return [verify_revocations(each, [signer.public_key]).content for each in tokens(database)]


def named(*token_ids: str) -> tuple[str, ...]:
    return tuple(sorted(map(revocation_hash, token_ids)))
