"""Pairs the lines of a subscription's payment, or of its state, with its licenses."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

Names: TypeAlias = tuple[str, ...]
"""The names that a license's line had in its payments: the present one first."""


@dataclass(frozen=True, slots=True)
class Licensed:
    """The names of each license of a subscription, in the order of their ids.

    `own` is the place of the license that a story is about.
    """

    names: tuple[Names, ...] = ((),)
    own: int = 0

    def is_own(self, line: str, among: Sequence[str]) -> bool:
        """Tell whether a line among the lines of a state is that of the story's license."""
        lines = [*among] if line in among else [*among, line]
        return pair(lines, self.names).get(lines.index(line)) == self.own


ALONE = Licensed()
"""Stands for the only license, or the first one to be."""


def pair(
    lines: Sequence[str], licensed: Sequence[Names], taken: Sequence[int] = ()
) -> dict[int, int]:
    """Return the place of its license for each place of a line. A line beyond them has none.

    A line has the license that has its name now, else one that had it, else the next in order: so
    a license stays when its plan changes. `taken` are places of licenses of other lines.
    """
    paired: dict[int, int] = {}
    for fits in (_has_now, _had_once, _is_there):
        for place, line in enumerate(lines):
            used = {*taken, *paired.values()}
            free = (n for n, names in enumerate(licensed) if n not in used and fits(line, names))
            found = None if place in paired else next(free, None)
            if found is not None:
                paired[place] = found
    return paired | _nameless(lines, licensed, paired)


def _nameless(
    lines: Sequence[str], licensed: Sequence[Names], paired: dict[int, int]
) -> dict[int, int]:
    """Give further lines without a name the license without one: the shop knows one line only."""
    bare = next((place for place, names in enumerate(licensed) if "" in names), None)
    if bare is None:
        return {}
    return {place: bare for place, line in enumerate(lines) if not line and place not in paired}


def _has_now(line: str, names: Names) -> bool:
    return names[:1] == (line,)


def _had_once(line: str, names: Names) -> bool:
    return line in names


def _is_there(line: str, names: Names) -> bool:
    del line, names
    return True
