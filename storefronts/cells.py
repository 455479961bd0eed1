"""The cells of one line of a file, typed, or refused with a sentence that names the column."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.errors import RecipientRefusedError
from domain.folding import seen_address
from domain.text import plain_text
from kit.addresses import mailable
from kit.written_times import UnclearTimeError, written_time
from storefronts.values import CLOCKS_DIFFER_BY, LONGEST_ADDRESS, NO_SALE_BEFORE, quotable

LONGEST_TERM_YEARS = 100
YES = frozenset({"1", "true", "yes"})


class LineRefusedError(ValueError):
    """A line cannot be taken. The sentence names the column, and quotes nobody's address."""


def fold_name(column: str) -> str:
    """Return the form in which columns are compared: lower case, one blank between words."""
    return " ".join(re.findall(r"[^\W_]+", column.lower()))


@dataclass(frozen=True, slots=True)
class Cells:
    """`columns` gives the place of each column by its folded name."""

    columns: Mapping[str, int]
    values: Sequence[str]
    now: datetime

    def raw(self, *names: str) -> str:
        """Return the first of the columns that holds something; an empty text if none does."""
        for name in names:
            place = self.columns.get(name)
            if place is not None and place < len(self.values) and self.values[place]:
                return self.values[place]
        return ""

    def text(self, *names: str) -> str | None:
        return plain_text(self.raw(*names)) or None

    def flag(self, *names: str) -> bool:
        return self.raw(*names).lower() in YES

    def number(self, name: str, most: int) -> int | None:
        if not (text := self.raw(name)):
            return None
        if not (text.isascii() and text.isdecimal() and len(text) <= len(str(most))):
            raise LineRefusedError(f"its {name} must be a whole number from 1 to {most}")
        if not 1 <= int(text) <= most:
            raise LineRefusedError(f"its {name} must be a whole number from 1 to {most}")
        return int(text)

    def address(self, *names: str) -> str:
        text = self.raw(*names)
        if not text:
            raise LineRefusedError(f"its {names[0]} is empty, and a license needs a holder")
        try:
            return mailable(seen_address(text[: 2 * LONGEST_ADDRESS]), 0)
        except RecipientRefusedError:
            raise LineRefusedError(
                f"its {names[0]} is no address to which a mail can go: write one bare address"
            ) from None

    def holder(self, address: str, *names: str) -> str:
        return self.text(*names) or plain_text(address.rpartition("@")[0])

    def past(self, *names: str) -> datetime | None:
        """Return a time that is over; None without a text."""
        at = self.moment(*names)
        if at is not None and at > self.now + CLOCKS_DIFFER_BY:
            raise LineRefusedError(f"its {names[0]} lies ahead: give the day of the purchase")
        return at

    def moment(self, *names: str) -> datetime | None:
        if not (text := self.raw(*names)):
            return None
        try:
            at = written_time(text)
        except UnclearTimeError as unclear:
            raise LineRefusedError(f"its {names[0]}{quotable(text)} {unclear}") from None
        if at < NO_SALE_BEFORE:
            raise LineRefusedError(f"its {names[0]} lies before {NO_SALE_BEFORE.year}: correct it")
        if at.year > self.now.year + LONGEST_TERM_YEARS:
            raise LineRefusedError(
                f"its {names[0]} is more than {LONGEST_TERM_YEARS} years ahead: "
                'write "never" for a license without an end'
            )
        return at
