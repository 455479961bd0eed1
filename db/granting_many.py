"""Many granted licenses in few statements, for orders of which the database knows nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db.acting import NewAct, act_values
from db.decisions import plain as plain_decision
from db.facts import fact_values
from db.granting import NewKeys, given_note, new_license
from db.inserting import insert_many
from db.lives import as_plain
from db.minting import license_values
from db.sales import sale_values
from db.tables import (
    ChangeRow,
    CorrectionRow,
    DeliveryRow,
    EventRow,
    FactRow,
    FurtherKeyRow,
    LicenseRow,
    SaleRow,
)
from domain.delivery import NEW_LICENSE, DeliveryStatus
from domain.event import Outcome
from domain.folding import fold_key
from domain.license import has_ended
from domain.lifecycle import Life, PaidLine, Story, fold
from domain.sale import Sale

Columns: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class NewGrant:
    """A grant to an order without any row, with the keys of its license."""

    act: NewAct
    keys: NewKeys


@dataclass(frozen=True, slots=True)
class _Minted:
    """A grant with its sale, its license's state, and the id of its event."""

    new: NewGrant
    sale: Sale
    life: Life
    event_id: int


def known_orders(session: Session, orders: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return the orders of which a fact, a sale or a correction is known."""
    by_source: dict[str, list[str]] = {}
    for source, order_id in orders:
        by_source.setdefault(source, []).append(order_id)
    return {
        (source, order_id)
        for source, order_ids in by_source.items()
        for model in (FactRow, SaleRow, CorrectionRow)
        for order_id in session.scalars(
            select(model.order_id).where(model.source == source, model.order_id.in_(order_ids))
        )
        if order_id is not None
    }


def mint_many(session: Session, grants: Sequence[NewGrant], now: datetime) -> list[tuple[int, int]]:
    """Mint the licenses with their events, facts, history, keys and mails.

    Return event and license of each grant. A grant that owes no mail is settled at once.
    """
    events = insert_many(session, EventRow, [act_values(each.act, now) for each in grants])
    minted = [_minted(new, event, now) for new, event in zip(grants, events, strict=True)]
    insert_many(session, FactRow, [_fact(each) for each in minted])
    sales = insert_many(session, SaleRow, [_sale(each, now) for each in minted])
    rows = [_license(each, sale, now) for each, sale in zip(minted, sales, strict=True)]
    licenses = insert_many(session, LicenseRow, rows)
    done = list(zip(minted, licenses, strict=True))
    insert_many(session, ChangeRow, [_change(each, own, now) for each, own in done])
    insert_many(
        session, FurtherKeyRow, [_key(each, own, now) for each, own in done if each.sale.shop_key]
    )
    insert_many(
        session, DeliveryRow, [_delivery(each, own, now) for each, own in done if _mails(each, now)]
    )
    _close(session, [_closed(each, own, now) for each, own in done if not _mails(each, now)])
    return [(each.event_id, own) for each, own in done]


def _minted(new: NewGrant, event_id: int, now: datetime) -> _Minted:
    grant = new.act.grant
    sale = grant.sale(new.act.source)
    life = fold(Story((PaidLine(sale, grant.decision, sale.price),)), now)
    return _Minted(new, sale, life, event_id)


def _fact(minted: _Minted) -> Columns:
    act = minted.new.act
    return fact_values(minted.event_id, act.source, 0, act.fact)


def _sale(minted: _Minted, now: datetime) -> Columns:
    decided = plain_decision(minted.new.act.grant.decision)
    values = sale_values(minted.event_id, minted.sale, now)
    return values | {"minted_at": now, "decided": decided}


def _license(minted: _Minted, sale_id: int, now: datetime) -> Columns:
    new = new_license(sale_id, minted.event_id, minted.new.act.grant, minted.new.keys)
    return license_values(minted.sale, new, minted.life, now)


def _change(minted: _Minted, license_id: int, now: datetime) -> Columns:
    return {
        "license_id": license_id,
        "event_id": minted.event_id,
        "at": now,
        "before": None,
        "after": as_plain(minted.life),
    }


def _key(minted: _Minted, license_id: int, now: datetime) -> Columns:
    key = minted.sale.shop_key or ""
    return {
        "license_id": license_id,
        "event_id": minted.event_id,
        "key": key.strip(),
        "folded": fold_key(key),
        "created_at": now,
    }


def _mails(minted: _Minted, now: datetime) -> bool:
    return minted.new.act.grant.mail and not has_ended(minted.life.expires_at, now)


def _delivery(minted: _Minted, license_id: int, now: datetime) -> Columns:
    return {
        "license_id": license_id,
        "reason": str(NEW_LICENSE),
        "to": minted.sale.email,
        "status": DeliveryStatus.PENDING,
        "attempts": 0,
        "created_at": now,
    }


def _closed(minted: _Minted, license_id: int, now: datetime) -> Columns:
    note = minted.new.act.grant.note
    told = given_note(license_id)
    return {
        "id": minted.event_id,
        "outcome": Outcome.APPLIED,
        "note": told if note is None else f"{told}; {note}",
        "closed_at": now,
    }


def _close(session: Session, rows: Sequence[Columns]) -> None:
    if rows:
        session.execute(update(EventRow), rows)
