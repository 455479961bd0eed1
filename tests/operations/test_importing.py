"""Imports of many licenses: twice is once, and a bad line holds up no good one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.acting import NewAct, record_act
from db.applying import NewFacts, apply_event
from db.engine import Database
from db.further_keys import keys_of_license
from db.tables import ChangeRow, DeliveryRow, EventRow, LicenseRow, SaleRow
from domain.catalog import Catalog, Offer
from domain.event import EventKind
from domain.facts import Act, Refund
from domain.granting import Granting
from domain.license import Term
from domain.sale import Product
from domain.wanted import Wanted
from operations.giving import Result, Wish, give
from operations.giving_many import give_many
from operations.import_file import open_import
from operations.importing import ImportedLine, import_lines, preview_import
from tests.db.concurrently import at_once
from tests.db.rows import mint, sale_of, store_event

NOW = datetime(2026, 11, 28, 10, tzinfo=UTC)
CATALOG = Catalog({"gumroad": (Offer("lumen", "core", Term(12), name="Lumen"),)}, "0" * 64)
HEADER = "key,email,product,tier,expires_at,reference,source,order_id\n"
THREE = f"""{HEADER}K-1,ada@example.com,lumen,,,,,
,bo@example.com,lumen,,2030-01-01,ref-2,,
K-3,cy@example.com,,press,never,,gumroad,order-3
"""


@dataclass(frozen=True, slots=True)
class Importer:
    """Imports texts as files, without mail unless told."""

    database: Database
    folder: Path

    def run(self, text: str, *, mail: bool = False, preview: bool = False) -> list[ImportedLine]:
        file = self.folder / "licenses.csv"
        file.write_text(text)
        granting = Granting(CATALOG, "gumroad", "operator", None, mail=mail, now=NOW)
        work = preview_import if preview else import_lines
        return [*work(self.database, open_import(file, NOW), granting)]

    def licenses(self) -> Sequence[LicenseRow]:
        return self.database.read_here(
            lambda session: session.scalars(select(LicenseRow).order_by(LicenseRow.id)).all()
        )

    def outcomes(self) -> list[str | None]:
        of_acts = select(EventRow.outcome).filter_by(source="operator").order_by(EventRow.id)
        return self.database.read_here(lambda session: [*session.scalars(of_acts)])


@pytest.fixture
def importer(database: Database, tmp_path: Path) -> Importer:
    return Importer(database, tmp_path)


def results(lines: Sequence[ImportedLine]) -> list[Result]:
    return [line.result for line in lines]


def test_each_line_is_a_license_and_twice_is_once(importer: Importer) -> None:
    first = importer.run(THREE)
    assert results(first) == [Result.GIVEN] * 3
    assert [(row.order_id, row.tier, str(row.expires_at)) for row in importer.licenses()] == [
        (first[0].order.partition(":")[2] if first[0].order else "", "core", END),
        ("ref-2", "core", "2030-01-01 23:59:59+00:00"),
        ("order-3", "press", "None"),
    ]
    assert importer.outcomes() == ["applied"] * 3
    assert results(importer.run(THREE)) == [Result.KNOWN] * 3
    assert len(importer.licenses()) == 3


END = "2027-11-28 23:59:59+00:00"


def test_preview_foretells_the_results_and_changes_nothing(importer: Importer) -> None:
    more = "k1,di@example.com,lumen\nk 1,ADA@example.com,,core\n"
    text = f"{THREE}{more},bo@example.com,lumen,,2030-01-01,ref-2\n,,lumen\n"
    foretold = importer.run(text, preview=True)
    assert importer.licenses() == []
    done = importer.run(text)
    assert results(foretold) == results(done)
    assert results(done) == [Result.GIVEN] * 3 + [
        Result.REFUSED,
        Result.KNOWN,
        Result.KNOWN,
        Result.REFUSED,
    ]


def test_key_of_another_license_is_refused(importer: Importer) -> None:
    (license_,) = importer.run(f"{HEADER}K-1,ada@example.com,lumen\n")
    (line,) = importer.run(f"{HEADER}k 1,bo@example.com,lumen,,,ref-9\n")
    assert line.result is Result.REFUSED
    assert str(line.why).startswith(f"its key opens license {license_.license_id} already")


def test_shops_own_license_gets_the_key_and_no_second_one(importer: Importer) -> None:
    minted = importer.database.write_here(mint, sale_of("order-3")).license
    (line,) = importer.run(f"{HEADER}K-3,cy@example.com,lumen,,,,gumroad,order-3\n")
    assert (line.result, line.license_id) == (Result.KNOWN, minted.id)
    assert importer.database.read_here(keys_of_license, minted.id) == ["K-3"]


def test_order_that_a_known_refund_took_back_is_left_out(importer: Importer) -> None:
    def refunded(session: Session) -> None:
        event_id = store_event(session, "order-3", EventKind.REFUND)
        refund = Refund("order-3", NOW, whole=True)
        apply_event(session, NewFacts(event_id, EventKind.REFUND, "gumroad", (refund,)), NOW)

    importer.database.write_here(refunded)
    assert results(importer.run(THREE)) == [Result.GIVEN, Result.GIVEN, Result.LEFT_OUT]
    assert importer.outcomes() == ["ignored:refunded", "applied", "applied"]


def test_mail_is_owed_and_its_event_waits_for_the_workflow(importer: Importer) -> None:
    importer.run(THREE + ",di@example.com,lumen,,2025-01-01,ref-4\n", mail=True)
    owed = select(DeliveryRow.to, DeliveryRow.reason, DeliveryRow.status)
    rows = importer.database.read_here(lambda session: session.execute(owed).all())
    three = ("ada", "bo", "cy")
    assert [tuple(row) for row in rows] == [
        (f"{name}@example.com", "sale", "pending") for name in three
    ]
    assert len([outcome for outcome in importer.outcomes() if outcome is None]) == 3


def test_two_imports_at_once_give_each_license_once(importer: Importer) -> None:
    lines = "".join(f"K-{number},b{number}@example.com,lumen\n" for number in range(50))
    both = at_once(2, lambda _: importer.run(HEADER + lines))
    assert sorted(line.result for each in both for line in each) == ["given"] * 50 + ["known"] * 50
    assert len(importer.licenses()) == 50


def test_later_charge_of_an_export_extends_the_license_of_its_key(importer: Importer) -> None:
    columns = "Purchase ID,Item Name,Purchase Email,Purchase Date,Recurrence,Recurring Charge?"
    text = f"""{columns},Product ID,License Key
s1,Lumen,ada@example.com,2026-01-31,monthly,0,lumen,KEY-1
s2,Lumen,ada@example.com,2026-02-28,monthly,1,lumen,KEY-1
s9,Lumen,ada@example.com,2026-02-28,monthly,1,lumen,KEY-9
Totals,,,,,,,
"""
    wanted = [Result.GIVEN, Result.EXTENDED, Result.REFUSED, Result.LEFT_OUT]
    assert results(importer.run(text)) == wanted
    (license_,) = importer.licenses()
    assert str(license_.expires_at) == "2026-03-28 23:59:59+00:00"
    assert (license_.source, license_.order_id) == ("gumroad", "s1")
    assert results(importer.run(text))[:2] == [Result.KNOWN, Result.KNOWN]


def test_many_and_one_leave_the_same_rows(importer: Importer) -> None:
    granting = Granting(CATALOG, "gumroad", "operator", "why", mail=True, now=NOW)
    one, other = (_wish(reference) for reference in ("ref-1", "ref-2"))
    importer.database.write_here(give, one, granting)
    importer.database.write_here(give_many, [other], granting)
    models: tuple[type[Any], ...] = (EventRow, SaleRow, LicenseRow, ChangeRow, DeliveryRow)
    for model in models:
        first, second = importer.database.read_here(_plain_rows, model)
        assert first == second


def test_given_license_lives_on_like_any_other(importer: Importer) -> None:
    importer.run(THREE)
    first = importer.licenses()[0]

    def act(session: Session) -> str:
        fact = Act(first.order_id, NOW, EventKind.REVOKE, "operator")
        event_id = record_act(session, NewAct(first.source, fact), NOW)
        assert event_id is not None
        new = NewFacts(event_id, EventKind.REVOKE, first.source, (fact,))
        return apply_event(session, new, NOW).outcome

    assert importer.database.write_here(act) == "applied"
    revoked = importer.licenses()[0]
    assert (revoked.status, revoked.reason, revoked.tier) == ("revoked", "by_hand", "core")
    assert revoked.expires_at == first.expires_at


def _wish(reference: str) -> Wish:
    wanted = Wanted("ada@example.com", "Ada", product=Product("lumen", "lumen"))
    return Wish(wanted, f"reference:{reference}")


NAMES = ("id", "key", "token_id", "event_key", "order_id", "event_id", "sale_id", "license_id")


def _plain_rows(session: Session, model: type[Any]) -> list[dict[str, object]]:
    names = [column.key for column in model.__table__.columns if column.key not in NAMES]
    rows = session.scalars(select(model).order_by(model.id))
    return [{name: getattr(row, name) for name in names} for row in rows]
