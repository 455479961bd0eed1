"""Facts that shape the words of a letter: where the license comes from, what changed, its keys."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.decisions import decision_of
from db.further_keys import keys_of_license
from db.inserting import the_one
from db.lives import from_plain
from db.tables import ChangeRow, EventRow, LicenseRow, SaleRow
from domain.delivery import Reason, ReasonKind
from domain.event import OPERATOR
from domain.folding import fold_key
from domain.license import LicenseStatus


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """The origin, the change and the further keys of a license, as its letter tells them.

    `given`: the seller gave the license by hand, so no sale brought it here. `restored`: the event
    that this letter is about made the license good again.
    `receipt_key`: the key on the storefront's receipt opens the license too. `earlier_key`: so does
    a key that the holder has from elsewhere.
    `mapped_under` is the storefront whose entry of the product mapping decided the terms.
    """

    given: bool
    restored: bool
    receipt_key: bool
    earlier_key: bool
    mapped_under: str


def letter_facts(session: Session, row: LicenseRow, sale: SaleRow, reason: Reason) -> LetterFacts:
    given = the_one(session, EventRow, id=sale.event_id).source == OPERATOR
    of_shop = None if given or sale.shop_key is None else fold_key(sale.shop_key)
    further = [fold_key(key) for key in keys_of_license(session, row.id)]
    decided = decision_of(sale.decided)
    return LetterFacts(
        given=given,
        restored=_restored(session, row.id, reason),
        receipt_key=of_shop in further,
        earlier_key=any(key != of_shop for key in further),
        mapped_under=(decided and decided.mapped_under) or row.source,
    )


def _restored(session: Session, license_id: int, reason: Reason) -> bool:
    if reason.kind is not ReasonKind.EVENT:
        return False
    caused = ChangeRow.event_id == int(reason.detail or 0)
    rows = session.scalars(select(ChangeRow).where(ChangeRow.license_id == license_id, caused))
    return any(_is_restoration(change) for change in rows)


def _is_restoration(change: ChangeRow) -> bool:
    if change.before is None:
        return False
    statuses = (from_plain(change.before).status, from_plain(change.after).status)
    return statuses[0] != LicenseStatus.ACTIVE == statuses[1]
