"""Licenses that the seller gives: minted as a sale's license is, in the transaction of the act."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.applying import Applied
from db.events import note_event
from db.further_keys import LONGEST, grouped, problem_of_key
from db.licenses import LicenseWithDelivery
from db.minting import NewLicense, mint_license
from db.sales import save_sale
from db.tables import EventRow, FurtherKeyRow, LicenseRow
from domain.addresses import same_address
from domain.event import OPERATOR, IgnoredReason, Outcome, ignored
from domain.folding import fold_key
from domain.grants import Grant
from domain.wanted import OrderName


@dataclass(frozen=True, slots=True)
class NewKeys:
    """Key and token id, in case a new license is needed."""

    key: str
    token_id: str


@dataclass(frozen=True, slots=True)
class Looked:
    """A wanted license: the key of its act, its order, its holder and its further key."""

    event_key: str
    order: OrderName
    email: str
    key: str | None


@dataclass(frozen=True, slots=True)
class Standing:
    """The part of a wanted license that the database has already.

    `given`: an earlier act has the same key. `license_id` is the license of the order, or the
    holder's license with the wanted key. `taken` is another holder's license with that key, and
    `problem` the reason why the text can be no key.
    `lacks_key`: no license has the wanted key.
    """

    license_id: int | None = None
    given: bool = False
    taken: int | None = None
    problem: str | None = None
    lacks_key: bool = False


def mint_granted(  # noqa: PLR0913, PLR0917 - the parts of one act
    session: Session, event_id: int, source: str, grant: Grant, keys: NewKeys, now: datetime
) -> LicenseWithDelivery | IgnoredReason:
    """Mint the granted license, or return the license of an earlier run.

    Return the reason instead if a known fact refuses the order a license.
    """
    sale = grant.sale(source)
    sale_id = save_sale(session, event_id, sale, now)
    return mint_license(session, sale, new_license(sale_id, event_id, grant, keys), now)


def apply_grant(  # noqa: PLR0913, PLR0917 - the parts of one act
    session: Session, event_id: int, source: str, grant: Grant, keys: NewKeys, now: datetime
) -> Applied:
    """Mint a kept grant's license, or find the license that the act minted at once."""
    minted = mint_granted(session, event_id, source, grant, keys, now)
    if isinstance(minted, IgnoredReason):
        return Applied(ignored(minted))
    told = given_note(minted.license.id)
    note_event(session, event_id, told)
    owed = () if minted.delivery_id is None else (minted.delivery_id,)
    return Applied(Outcome.APPLIED, (told,), owed)


def given_note(license_id: int) -> str:
    return f"license {license_id} given"


def new_license(sale_id: int, event_id: int, grant: Grant, keys: NewKeys) -> NewLicense:
    return NewLicense(
        sale_id=sale_id,
        event_id=event_id,
        key=keys.key,
        token_id=keys.token_id,
        decision=grant.decision,
        note=grant.note,
        shop_key=True,
        mail=grant.mail,
        issued_at=grant.at,
    )


@dataclass(frozen=True, slots=True)
class _Held:
    """The license that has a key, and its holder."""

    license_id: int
    email: str


def look_up(session: Session, wants: Sequence[Looked]) -> list[Standing]:
    """Return what stands of each wanted license, with few statements for many of them."""
    given = _given(session, (each.event_key for each in wants))
    licenses = _licenses(session, (each.order for each in wants))
    folded = {fold_key(each.key) for each in wants if each.key is not None}
    held = _holders(session, {each for each in folded if 0 < len(each) <= LONGEST})
    return [
        _standing(each, licenses.get(each.order), held, given=each.event_key in given)
        for each in wants
    ]


def _standing(want: Looked, own: int | None, held: Mapping[str, _Held], *, given: bool) -> Standing:
    if want.key is None or given:
        return Standing(own, given)
    if (problem := problem_of_key(want.key)) is not None:
        return Standing(own, problem=problem)
    holder = held.get(fold_key(want.key))
    if holder is None:
        return Standing(own, lacks_key=True)
    if own is None and same_address(holder.email, want.email):
        return Standing(holder.license_id)
    return Standing(own, taken=None if holder.license_id == own else holder.license_id)


def _given(session: Session, event_keys: Iterable[str]) -> set[str]:
    same = (EventRow.source == OPERATOR) & EventRow.event_key.in_([*event_keys])
    return {key for key in session.scalars(select(EventRow.event_key).where(same)) if key}


def _licenses(session: Session, orders: Iterable[OrderName]) -> dict[OrderName, int]:
    by_source: dict[str, list[str]] = {}
    for order in orders:
        by_source.setdefault(order.source, []).append(order.order_id)
    found: dict[OrderName, int] = {}
    for source, order_ids in by_source.items():
        named = select(LicenseRow.order_id, LicenseRow.line, LicenseRow.id).where(
            LicenseRow.source == source, LicenseRow.order_id.in_(order_ids)
        )
        rows = session.execute(named)
        found |= {OrderName(source, order_id, line): own for order_id, line, own in rows}
    return found


def _holders(session: Session, folded: set[str]) -> dict[str, _Held]:
    """Return the license of each folded key, minted or further."""
    further = (
        select(FurtherKeyRow.folded, LicenseRow.id, LicenseRow.email)
        .join(LicenseRow, LicenseRow.id == FurtherKeyRow.license_id)
        .where(FurtherKeyRow.folded.in_(folded))
    )
    minted = {grouped(each): each for each in folded}
    own = select(LicenseRow.key, LicenseRow.id, LicenseRow.email)
    held = {key: _Held(own_id, email) for key, own_id, email in session.execute(further)}
    for key, own_id, email in session.execute(own.where(LicenseRow.key.in_(minted))):
        held[minted[key]] = _Held(own_id, email)
    return held
