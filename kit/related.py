"""Groups of related values: two values that share a name are related, and so are their groups."""

from collections.abc import Hashable, Iterable, Sequence
from typing import TypeVar

T = TypeVar("T")


def related(named: Iterable[tuple[T, Sequence[Hashable]]]) -> list[list[T]]:
    """Return the groups in the sequence of their first values. A value may have no name."""
    parents: dict[Hashable, Hashable] = {}
    values: list[tuple[T, Hashable]] = []
    for number, (value, names) in enumerate(named):
        own: Hashable = ("value", number)
        for name in names:
            parents[_root(parents, name)] = _root(parents, own)
        values.append((value, own))
    groups: dict[Hashable, list[T]] = {}
    for value, own in values:
        groups.setdefault(_root(parents, own), []).append(value)
    return [*groups.values()]


def _root(parents: dict[Hashable, Hashable], name: Hashable) -> Hashable:
    while (parent := parents.setdefault(name, name)) != name:
        # Each step halves the way, so that a long chain is walked once.
        parents[name] = parents[parent]
        name = parents[name]
    return name
