"""Licenses that are sold and changed in every way, and a look at their current tokens."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy.orm import Session

from db.acting import NewAct, record_act
from db.applying import NewFacts, apply_event
from db.engine import Database
from db.licenses import license_of as read_license
from db.remaps import Asker, remap_license
from db.sales import save_sale
from db.tables import LicenseRow
from domain.catalog import Catalog, Offer
from domain.event import EventKind
from domain.facts import Act, Dispute, Fact, Refund
from domain.license import License, Term
from licensing.signing import Signer
from tests.db.rows import NOON, license_of, minted, sale_of, store_event

YEAR = timedelta(days=365)
CATALOG = Catalog({"gumroad": (Offer("product-1", "press", Term(None)),)}, "1" * 64)


def sell(database: Database, order: str = "order-1", subscription: str | None = None) -> None:
    def mint(session: Session) -> None:
        sale = sale_of(order, subscription)
        event_id = store_event(session, order)
        sale_id = save_sale(session, event_id, sale, NOON)
        new = license_of(sale_id, f"key-{order}", NOON + YEAR, event_id)
        minted(session, sale, replace(new, token_id=f"jti-{order}"))

    database.write_here(mint)


def tell(database: Database, fact: Fact) -> None:
    def apply(session: Session) -> None:
        event_id = store_event(session, "order-1", fact.kind)
        apply_event(session, NewFacts(event_id, fact.kind, "gumroad", (fact,)), NOON)

    database.write_here(apply)


def act(database: Database, kind: EventKind, days: int = 0, **given: object) -> None:
    done = replace(Act("order-1", NOON + timedelta(days=days), kind, "ada"), **given)  # type: ignore[arg-type] # a field's own type

    def apply(session: Session) -> None:
        event = record_act(session, NewAct("gumroad", done), NOON)
        assert event is not None
        apply_event(session, NewFacts(event, kind, "gumroad", (done,)), NOON + timedelta(days=days))

    database.write_here(apply)


def tokens(database: Database, signer: Signer) -> list[str | None]:
    """Return each license's token: None, or the word right or wrong."""

    def read(session: Session) -> list[str | None]:
        rows = session.query(LicenseRow).order_by(LicenseRow.id)
        return [_judged(row.token, signer, read_license(row)) for row in rows]

    return database.read_here(read)


def _judged(token: str | None, signer: Signer, license_: License) -> str | None:
    if token is None:
        return None
    return "right" if token == signer.sign(license_) else "wrong"


def extend(database: Database) -> None:
    act(database, EventKind.EXTEND, until=NOON + 2 * YEAR)


def seats(database: Database) -> None:
    act(database, EventKind.SEATS, seats=7)


def tier(database: Database) -> None:
    act(database, EventKind.TIER, tier="press")


def revoke_it(database: Database) -> None:
    act(database, EventKind.REVOKE)


def restore_it(database: Database) -> None:
    act(database, EventKind.RESTORE, days=1)


def refund(database: Database) -> None:
    tell(database, Refund("order-1", NOON, whole=True))


def dispute(database: Database) -> None:
    tell(database, Dispute("order-1", NOON, "open"))


def win(database: Database) -> None:
    tell(database, Dispute("order-1", NOON + timedelta(days=1), "won"))


def remap(database: Database) -> None:
    assert database.write_here(remap_license, 1, CATALOG, Asker("ada", None), NOON) is not None
