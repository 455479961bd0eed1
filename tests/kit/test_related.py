"""Values that share a name come into one group."""

from itertools import permutations

import pytest

from kit.related import related


@pytest.mark.parametrize(
    ("named", "groups"),
    [
        ([], []),
        ([(1, []), (2, [])], [[1], [2]]),
        ([(1, ["a"]), (2, ["b"]), (3, ["a"])], [[1, 3], [2]]),
        ([(1, ["a"]), (2, ["b"]), (3, ["b", "a"])], [[1, 2, 3]]),
    ],
)
def test_values_with_a_common_name_are_a_group(
    named: list[tuple[int, list[str]]], groups: list[list[int]]
) -> None:
    assert related(named) == groups


def test_sequence_changes_no_group() -> None:
    chain = [(1, ["a"]), (2, ["a", "b"]), (3, ["b", "c"]), (4, ["x"]), (5, ["c"])]
    for mixed in permutations(chain):
        assert {frozenset(each) for each in related(mixed)} == {
            frozenset({1, 2, 3, 5}),
            frozenset({4}),
        }


def test_long_chain_is_one_group() -> None:
    assert len(related((each, [each, each + 1]) for each in range(10_000))) == 1
