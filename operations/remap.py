"""Decide licenses again by today's mapping, after a mistake in the mapping."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from db.engine import Database
from db.remaps import Asker, Remapped, licenses_of_product, load_held, remap_license
from domain.catalog import Catalog
from domain.changes import is_in_favor
from domain.errors import ProductUnmappedError
from domain.identifiers import order_reference
from domain.lifecycle import fold
from domain.remapping import HeldLicense, Terms, story_today
from kit.clock import utc_now
from kit.refusals import RefusedError
from operations.meant import licenses_meant

NO_LICENSE = "products.yaml gives it no license today: it stays as it is, for nothing is taken back"


class UnknownProductError(RefusedError):
    """No license was sold of the product."""

    def __init__(self, product: str) -> None:
        super().__init__(f"no license of product {product} is known: `mintpost licenses`")


@dataclass(frozen=True, slots=True)
class RemapLine:
    """A license with its terms, and with the terms of today's mapping in `after`, if any.

    `mailed`: the holder gets the new token, or would get it. Field names are the JSON keys of
    `mintpost remap`.
    """

    order: str
    license_id: int
    before: Terms
    after: Terms | None
    mailed: bool = False
    changed: bool = False
    delivery_id: int | None = None
    problem: str | None = None

    @property
    def differs(self) -> bool:
        return self.after is not None and self.after != self.before


def preview(
    database: Database, catalog: Catalog, texts: Sequence[str], product: str | None, by: Asker
) -> list[RemapLine]:
    """Return the changes of today's mapping without making them.

    The texts or the product name the licenses.
    Raises UnknownProductError and RefusedError.
    """
    if product is None:
        ids = database.read_here(licenses_meant, texts)
    else:
        ids = database.read_here(licenses_of_product, product)
        if not ids:
            raise UnknownProductError(product)
    return [_line(database.read_here(load_held, found), catalog, by) for found in ids]


def _line(held: HeldLicense, catalog: Catalog, by: Asker) -> RemapLine:
    order, now = order_reference(held.sale.source, held.sale.order_id), utc_now()
    line = RemapLine(order, held.license_id, held.terms, None)
    try:
        story = story_today(held, catalog, by.act(held.sale.order_id, now))
    except ProductUnmappedError as error:
        return replace(line, problem=error.sentence)
    if story is None:
        return replace(line, problem=NO_LICENSE)
    life = fold(story, now)
    changes = Terms.of(life) != held.terms
    mailed = by.may_mail and changes and is_in_favor(held.life, life, now)
    return replace(line, after=Terms.of(life), mailed=mailed)


def change(
    database: Database, catalog: Catalog, lines: Sequence[RemapLine], by: Asker
) -> list[RemapLine]:
    """Change each license that differs, and return the new lines."""
    return [_apply(database, catalog, line, by) for line in lines]


def _apply(database: Database, catalog: Catalog, line: RemapLine, by: Asker) -> RemapLine:
    if not line.differs:
        return line
    done: Remapped | None = database.write_here(
        remap_license, line.license_id, catalog, by, utc_now()
    )
    if done is None:  # Another person changed the license after the preview.
        return replace(line, before=line.after or line.before, mailed=False)
    return replace(
        line,
        before=done.before,
        after=done.after,
        changed=True,
        mailed=done.delivery_id is not None,
        delivery_id=done.delivery_id,
    )
