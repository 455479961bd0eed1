"""`mintpost remap`: decides licenses anew by today's mapping, for a mistake in it."""

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta

import typer
from rich.text import Text

from commands.meant import licenses_meant
from commands.resend import what_came
from commands.tables import console, day, print_json
from db.engine import Database
from db.remaps import Asker, Remapped, licenses_of_product, load_held, remap_license
from domain.catalog import Catalog
from domain.errors import ProductUnmappedError
from domain.identifiers import order_reference
from domain.remapping import Held, Terms, is_in_favor, terms_today
from kit.clock import utc_now
from kit.refusals import RefusedError

NO_LICENSE = "products.yaml gives it no license today: it stays as it is, for nothing is taken back"
UNANSWERED = "nothing was changed: give --yes to change them, or --dry-run to look only"


@dataclass(frozen=True, slots=True)
class RemapLine:
    """One license: what it is, and what today's mapping makes of it. `after` None: nothing.

    `mailed`: the new token goes, or would go, to its holder.
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


@dataclass(frozen=True, slots=True)
class Wish:
    """The licenses to decide anew, named one by one or by their product, and what may be done."""

    texts: Sequence[str]
    product: str | None
    by: Asker
    dry_run: bool
    yes: bool
    as_json: bool
    patience: timedelta


def run_remap(wish: Wish, mapping: Catalog, database: Database) -> None:
    """Show what today's mapping makes of the licenses, and change them once a person agrees."""
    lines = _preview(database, mapping, wish.texts, wish.product, wish.by)
    if not wish.as_json:
        print_lines(lines)
    if any(line.differs for line in lines) and not wish.dry_run:
        _ask(lines, yes=wish.yes, named=wish.product is None)
        lines = _change(database, mapping, lines, wish.by)
        asyncio.run(_report(database, lines, wish.patience, as_json=wish.as_json))
    _conclude(lines, as_json=wish.as_json)


def _preview(
    database: Database,
    catalog: Catalog,
    texts: Sequence[str],
    product: str | None,
    by: Asker,
) -> list[RemapLine]:
    if product is None:
        ids = database.read_here(licenses_meant, texts)
    else:
        ids = database.read_here(licenses_of_product, product)
        if not ids:
            raise RefusedError(f"no license of product {product} is known: `mintpost licenses`")
    return [_line(database.read_here(load_held, found), catalog, by) for found in ids]


def _line(held: Held, catalog: Catalog, by: Asker) -> RemapLine:
    order = order_reference(held.sale.source, held.sale.order_id)
    line = RemapLine(order, held.license_id, held.terms, None)
    try:
        after = terms_today(held, catalog)
    except ProductUnmappedError as error:
        return replace(line, problem=error.sentence)
    if after is None:
        return replace(line, problem=NO_LICENSE)
    mailed = by.may_mail and after != held.terms and is_in_favor(held.terms, after, utc_now())
    return replace(line, after=after, mailed=mailed)


def _ask(lines: Sequence[RemapLine], *, yes: bool, named: bool) -> None:
    """Raise RefusedError where a person says no.

    Where nobody can answer, what was named one by one is changed, and a whole product is not.
    """
    count = sum(line.differs for line in lines)
    question = f"Change {'this license' if count == 1 else f'these {count} licenses'}?"
    try:
        agreed = yes or typer.confirm(question, err=True)
    except (typer.Abort, OSError):
        agreed = named and not sys.stdin.isatty()
    if not agreed:
        raise RefusedError(UNANSWERED)


def _change(
    database: Database, catalog: Catalog, lines: Sequence[RemapLine], by: Asker
) -> list[RemapLine]:
    return [_apply(database, catalog, line, by) for line in lines]


def _apply(database: Database, catalog: Catalog, line: RemapLine, by: Asker) -> RemapLine:
    if not line.differs:
        return line
    done: Remapped | None = database.write_here(
        remap_license, line.license_id, catalog, by, utc_now()
    )
    if done is None:  # Somebody else did the same since it was shown.
        return replace(line, before=line.after or line.before, mailed=False)
    return replace(
        line,
        before=done.before,
        after=done.after,
        changed=True,
        mailed=done.delivery_id is not None,
        delivery_id=done.delivery_id,
    )


async def _report(
    database: Database, lines: Sequence[RemapLine], patience: timedelta, *, as_json: bool
) -> None:
    """Wait for the mails, and tell what became of each change."""
    owed = [line.delivery_id for line in lines if line.delivery_id is not None]
    mails = {mail.id: mail.status for mail in await what_came(database, owed, patience)}
    if as_json:
        return
    for line in lines:
        if line.changed:
            mail = "" if line.delivery_id is None else f"; its mail is {mails[line.delivery_id]}"
            console().print(Text(f"{line.order}: changed{mail}"), soft_wrap=True)


def print_lines(lines: Sequence[RemapLine]) -> None:
    for line in lines:
        console().print(Text(f"{line.order}: {_told(line)}"), soft_wrap=True)


def _told(line: RemapLine) -> str:
    if line.after is None:
        return line.problem or ""
    if not line.differs:
        return f"stays as it is: {_terms(line.before)}"
    changes = [
        f"{name} {before} → {after}"
        for name, before, after in _facts(line.before, line.after)
        if before != after
    ]
    mail = "mails the new token" if line.mailed else "mails nobody"
    return f"{', '.join(changes)}; {mail}"


def _facts(before: Terms, after: Terms) -> list[tuple[str, str, str]]:
    return [
        ("tier", before.tier, after.tier),
        ("seats", str(before.seats), str(after.seats)),
        ("end", _end(before), _end(after)),
        ("name", before.product_name, after.product_name),
    ]


def _terms(terms: Terms) -> str:
    seats = "1 seat" if terms.seats == 1 else f"{terms.seats} seats"
    return f"{terms.tier}, {seats}, end {_end(terms)}"


def _end(terms: Terms) -> str:
    return "never" if terms.expires_at is None else day(terms.expires_at)


def _conclude(lines: Sequence[RemapLine], *, as_json: bool) -> None:
    if as_json:
        print_json([asdict(line) for line in lines])
    undecided = sum(line.problem is not None for line in lines)
    if undecided:
        raise RefusedError(f"not decided anew: {undecided}; `mintpost products check` helps to see")
