"""Lines of a payment find the licenses of their subscription."""

from itertools import permutations

import pytest

from domain.pairing import Licensed, Names, pair


@pytest.mark.parametrize(
    ("lines", "licensed", "paired"),
    [
        (["a"], [("a",)], {0: 0}),
        (["b", "a"], [("a",), ("b",)], {0: 1, 1: 0}),
        (["c"], [("a",)], {0: 0}),
        (["c", "b"], [("a",), ("b",)], {0: 0, 1: 1}),
        (["b", "c"], [("a",), ("b",)], {0: 1, 1: 0}),
        (["c", "d"], [("a",), ("b",)], {0: 0, 1: 1}),
        (["a", "b"], [("a",)], {0: 0}),
        (["a"], [], {}),
        (["a"], [("c", "a"), ("b",)], {0: 0}),
        (["a"], [("c", "a"), ("a",)], {0: 1}),
        (["d", "c"], [("c", "a"), ("d", "b")], {0: 1, 1: 0}),
        (["a", "a#2"], [("a",), ("a#2",)], {0: 0, 1: 1}),
        ([""], [("",)], {0: 0}),
        (["", ""], [("",)], {0: 0, 1: 0}),
        ([""], [("a",), ("b",)], {0: 0}),
    ],
)
def test_line_has_the_license_of_its_name_or_the_next(
    lines: list[str], licensed: list[Names], paired: dict[int, int]
) -> None:
    assert pair(lines, licensed) == paired


def test_license_of_another_line_is_not_given_again() -> None:
    assert pair(["a", "b"], [("a",), ("b",)], taken=[0]) == {1: 1}
    assert pair(["c"], [("a",), ("b",)], taken=[0]) == {0: 1}


def test_each_license_is_paired_once_whatever_the_sequence_of_lines() -> None:
    licensed = [("a",), ("b",), ("c", "x")]
    for lines in permutations(["a", "x", "new"]):
        found = pair(lines, licensed)
        assert {line: found[place] for place, line in enumerate(lines)} == {
            "a": 0,
            "x": 2,
            "new": 1,
        }


def test_state_tells_of_its_own_line_alone() -> None:
    licensed = (("a",), ("b",))
    assert Licensed(licensed, 0).is_own("a", ("a", "b"))
    assert not Licensed(licensed, 1).is_own("a", ("a", "b"))
    assert Licensed(licensed, 0).is_own("c", ("b", "c"))
    assert Licensed().is_own("c", ())
