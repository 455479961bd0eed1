import re
import unicodedata
from collections.abc import Callable, Iterator
from itertools import combinations

import pytest
from hypothesis import example, given, strategies as st

from licensing.keys import ALPHABET, MistypedKeyError, new_key, normalize, parse_key

SOLD = "KEY4-4EYT-PWQD-79XH-3MRA-CJGF-9VNN"
ALSO_SOLD = "MNWQ-4MJ3-JXKM-T77G-7P9V-J7V3-3CJA"
LOOK_ALIKES = ("0O", "1IL", "2Z", "5S", "6G", "8B", "UV")
MEGABYTE = 1_000_000

any_text = st.text(st.characters(exclude_categories=()))
any_character = st.characters(exclude_categories=())
key_characters = st.text(ALPHABET, min_size=28, max_size=28)
fillers = st.text(
    " -\t\r\n\u00a0\u00ad\u2010\u2013\u2014\u2028\u200b\u200d\u202e\u2212\u3000\ufeff"
)


def _complaint(text: str) -> str:
    with pytest.raises(MistypedKeyError) as caught:
        parse_key(text)
    return str(caught.value)


def _substitutions(key: str) -> Iterator[str]:
    for place, right in enumerate(key):
        for wrong in ALPHABET.replace(right, ""):
            yield key[:place] + wrong + key[place + 1 :]


def _swaps(key: str, farthest: int) -> Iterator[str]:
    for one, other in combinations(range(len(key)), 2):
        if other - one <= farthest and key[one] != key[other]:
            swapped = list(key)
            swapped[one], swapped[other] = key[other], key[one]
            yield "".join(swapped)


@pytest.mark.parametrize("key", [SOLD, ALSO_SOLD])
def test_a_key_that_was_sold_stays_valid_for_ever(key: str) -> None:
    assert parse_key(key) == key


def test_a_new_key_is_seven_groups_of_four_and_parses_to_itself() -> None:
    key = new_key()

    assert re.fullmatch(rf"(?:[{ALPHABET}]{{4}}-){{6}}[{ALPHABET}]{{4}}", key)
    assert parse_key(key) == key


def test_new_keys_differ_and_draw_on_the_whole_alphabet_at_every_place() -> None:
    keys = [new_key() for _ in range(1000)]

    assert len(set(keys)) == 1000
    for place in {*range(34)} - {*range(4, 34, 5)}:
        assert {key[place] for key in keys} == set(ALPHABET)


@pytest.mark.parametrize("look_alikes", LOOK_ALIKES)
def test_the_alphabet_has_no_two_characters_that_look_alike(look_alikes: str) -> None:
    assert len(set(ALPHABET) & set(look_alikes)) <= 1


def test_every_single_wrong_character_is_caught() -> None:
    for key in (new_key().replace("-", "") for _ in range(30)):
        for mistyped in _substitutions(key):
            assert "check character" in _complaint(mistyped)


def test_every_swap_of_two_characters_less_than_22_places_apart_is_caught() -> None:
    for key in (new_key().replace("-", "") for _ in range(30)):
        for mistyped in _swaps(key, farthest=21):
            assert "check character" in _complaint(mistyped)


@given(key_characters)
def test_a_key_is_right_exactly_when_its_weighted_sum_is_divisible_by_23(characters: str) -> None:
    weighted = sum(5**place * ALPHABET.index(c) for place, c in enumerate(reversed(characters)))
    try:
        parse_key(characters)
        right = True
    except MistypedKeyError:
        right = False
    assert right == (weighted % 23 == 0)


@given(st.lists(fillers, min_size=29, max_size=29), st.sampled_from([str.lower, str.upper]))
def test_case_spaces_dashes_and_invisible_characters_do_not_matter(
    between: list[str], in_case: Callable[[str], str]
) -> None:
    bare = in_case(SOLD.replace("-", ""))
    pasted = between[0] + "".join(map("".join, zip(bare, between[1:], strict=True)))

    assert parse_key(pasted) == SOLD
    assert normalize(pasted) == SOLD


def test_every_dash_space_and_format_character_of_unicode_is_dropped() -> None:
    everything = map(chr, range(0x110000))
    dropped = [c for c in everything if unicodedata.category(c) in {"Pd", "Zs", "Zl", "Zp", "Cf"}]

    assert parse_key("".join(dropped) + SOLD) == SOLD


@given(any_text)
def test_normalizing_again_changes_nothing(text: str) -> None:
    assert normalize(normalize(text)) == normalize(text)


def test_a_part_of_a_key_is_written_as_it_stands_in_the_key() -> None:
    assert normalize("key4 4e") == "KEY4-4E"


@pytest.mark.parametrize(
    ("text", "count"), [("", 0), ("- -", 0), (SOLD[:-1], 27), (SOLD + "A", 29), (SOLD * 2, 56)]
)
def test_a_wrong_length_is_told_with_the_number_of_characters(text: str, count: int) -> None:
    expected = f"a license key has 28 characters without its dashes, and this has {count}"

    assert _complaint(text) == expected


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("O", '"O"'),
        ("l", '"l"'),
        (".", '"."'),
        ("\0", "U+0000 (nameless)"),
        ("\x1b", "U+001B (nameless)"),
        ("\u0410", "U+0410 (cyrillic capital letter a)"),
        ("\ufb00", "U+FB00 (latin small ligature ff)"),
        ("\u0301", "U+0301 (combining acute accent)"),
        ("\ud800", "U+D800 (nameless)"),
    ],
)
def test_an_impossible_character_is_told_with_its_place(typed: str, shown: str) -> None:
    mistyped = SOLD[:6] + typed + SOLD[7:]

    assert _complaint(mistyped).startswith(f"{shown}, at place 6 without the dashes, occurs in no")


@given(any_character, st.integers(0, len(SOLD)))
@example("O", 0)
@example("A", 3)
def test_an_error_reveals_nothing_else_of_the_key(character: str, place: int) -> None:
    mistyped = [f"{key[:place]}{character * 2}{key[place:]}A" for key in (SOLD, ALSO_SOLD)]

    assert _complaint(mistyped[0]) == _complaint(mistyped[1])


@given(any_text)
@example("9" * 5000)
def test_any_text_gets_a_verdict_that_any_terminal_can_print(text: str) -> None:
    sentence = _complaint(text)

    assert sentence.isascii()
    assert sentence.isprintable()


@pytest.mark.parametrize("filling", ["A", "o", " ", "\u200b", "-\u2014a", "\U0001f600", "\ud800"])
def test_a_megabyte_gets_a_short_verdict(filling: str) -> None:
    assert len(_complaint(filling * (MEGABYTE // len(filling)))) < 200
