"""Find the sales that a buyer's complaint may mean. A complaint never contains a sale id."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    LargeBinary,
    Select,
    Text,
    and_,
    any_,
    cast,
    collate,
    false,
    func,
    or_,
    select,
    union,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.tables import CorrectionRow, DeliveryRow, FurtherKeyRow, LicenseRow, ResendRow, SaleRow
from db.views.lists import Filters, SaleLine, list_sales
from domain.folding import fold_key
from domain.search_text import as_typed, fold, fold_all

SHORTEST_PART = 4

Words = InstrumentedAttribute[Any]
"""Text of a column, null or not."""

SEARCHED: tuple[Words, ...] = (
    *(SaleRow.email, SaleRow.name, SaleRow.giver),
    *(LicenseRow.email, LicenseRow.name, DeliveryRow.to, ResendRow.previous_to),
)


def find_sales(session: Session, text: str, key: str, limit: int) -> list[SaleLine]:
    """Return the sales with `text` as a buyer, giver, address, license key or order number.

    A part of a name, an address or a key is enough; `key` is the text as keys are written,
    without dashes. Case, accents and their encoding do not matter.
    A former address finds its sale as well.
    """
    holds = _search(session, text)
    by_license = select(LicenseRow.sale_id).where(
        or_(
            *(holds(LicenseRow.email), holds(LicenseRow.name)),
            *(_holds_key(key), _has_further_key(text)),
        )
    )
    by_mail = (
        select(LicenseRow.sale_id)
        .join(DeliveryRow, DeliveryRow.license_id == LicenseRow.id)
        .outerjoin(ResendRow, ResendRow.license_id == LicenseRow.id)
        .where(or_(holds(DeliveryRow.to), holds(ResendRow.previous_to)))
    )
    by_correction = select(CorrectionRow.id).where(
        CorrectionRow.source == SaleRow.source,
        CorrectionRow.order_id == SaleRow.order_id,
        holds(CorrectionRow.to),
    )
    which = or_(
        *(holds(words) for words in (SaleRow.email, SaleRow.name, SaleRow.giver)),
        _is_named(text),
        SaleRow.id.in_(by_license),
        SaleRow.id.in_(by_mail),
        by_correction.exists(),
    )
    return list_sales(session, Filters(limit=limit), which)


@dataclass(frozen=True, slots=True)
class _Search:
    """Compares ASCII in the database, and other text by `spellings`, because Python folds them.

    Every database folds ASCII in the same way. PostgreSQL folds other letters by its locale, and
    SQLite does not fold them.
    """

    dialect: str
    folded: str
    spellings: Sequence[str]

    def __call__(self, words: Words) -> ColumnElement[bool]:
        if not self.folded:
            return false()
        if self.dialect == "sqlite":
            spelled = func.json_each(json.dumps(self.spellings)).table_valued("value")
            return or_(
                func.instr(func.lower(words), self.folded) > 0,
                words.in_(select(spelled.c.value)),
            )
        return or_(
            func.strpos(func.lower(collate(words, "C")), self.folded) > 0,
            words == any_(cast(self.spellings, ARRAY(Text))),
        )


def _search(session: Session, text: str) -> _Search:
    dialect, folded = session.get_bind().dialect.name, fold(text)
    beyond = (_beyond_ascii(words, dialect) for words in SEARCHED)
    unfolded: Sequence[str] = session.scalars(union(*beyond)).all()
    alike = zip(unfolded, fold_all(unfolded), strict=True)
    return _Search(dialect, folded, [text for text, each in alike if folded in each])


def _beyond_ascii(words: Words, dialect: str) -> Select[str]:
    """Return the texts with letters beyond ASCII, or with two blanks in a row."""
    # Some SQLite versions in use have no octet_length.
    sqlite = dialect == "sqlite"
    octets = func.length(cast(words, LargeBinary)) if sqlite else func.octet_length(words)
    return select(words).where(or_(octets != func.length(words), words.contains("  ")))


def _is_named(text: str) -> ColumnElement[bool]:
    typed = as_typed(text)
    source, _, order_id = typed.partition(":")
    return or_(
        SaleRow.order_number == typed.removeprefix("#"),
        SaleRow.order_id == typed,
        and_(SaleRow.source == source, SaleRow.order_id == order_id),
    )


def _holds_key(key: str) -> ColumnElement[bool]:
    # A shorter part occurs in too many keys by chance.
    if len(key) < SHORTEST_PART:
        return false()
    return func.replace(LicenseRow.key, "-", "").contains(key, autoescape=True)


def _has_further_key(text: str) -> ColumnElement[bool]:
    folded = fold_key(text)
    if not folded:
        return false()
    whole = len(folded) < SHORTEST_PART  # A shorter part occurs in too many keys by chance.
    own = FurtherKeyRow.folded
    further = own == folded if whole else own.contains(folded, autoescape=True)
    return LicenseRow.id.in_(select(FurtherKeyRow.license_id).where(further))
