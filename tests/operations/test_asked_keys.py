"""Keys and device names as apps send them."""

import pytest

from domain.online import device_hash
from licensing.keys import MistypedKeyError, new_key
from operations import asked_keys
from operations.asked_keys import LONGEST_TYPED, asked_key, released_hashes

GUMROAD = "9F86D081-884C7D65-9A2FEAA0-C55AD015"
ID = "3f1c2b4a-5d6e-4f70-8a9b-0c1d2e3f4a5b"


@pytest.mark.parametrize("typed", ["{}", " {} ", "\u201c{}\u201d"])
def test_a_key_of_ours_is_read_in_any_case_and_spacing(typed: str) -> None:
    key = new_key()
    asked = asked_key(typed.format(key.lower().replace("-", " \u2013 ")))
    assert (asked.folded, asked.is_ours) == (key.replace("-", ""), True)


@pytest.mark.parametrize("typed", [GUMROAD, GUMROAD.lower(), f" {GUMROAD}\n"])
def test_a_key_from_elsewhere_is_kept_in_its_likely_spellings(typed: str) -> None:
    asked = asked_key(typed)
    assert (asked.folded, asked.is_ours) == (GUMROAD.replace("-", ""), False)
    assert GUMROAD in asked.spellings


@pytest.mark.parametrize("text", ["", " - ", "\0", "x" * 201, "\u00df" * 150])
def test_a_text_that_can_be_no_key_is_mistyped(text: str) -> None:
    with pytest.raises(MistypedKeyError):
        asked_key(text)


def test_a_long_text_is_not_folded_because_the_accents_of_one_stop_all_other_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(asked_keys, "parse_key", lambda _text: pytest.fail("it was read"))
    with pytest.raises(MistypedKeyError):
        asked_key("A" + (LONGEST_TYPED // 2) * "\u0301\u0316")


def test_a_key_may_be_typed_with_many_blanks() -> None:
    assert asked_key((15 * " ").join(new_key())).is_ours


def test_a_device_is_released_by_its_own_name_or_by_its_public_id() -> None:
    assert list(released_hashes(7, "laptop")) == [device_hash(7, "laptop")]
    assert list(released_hashes(7, ID)) == [device_hash(7, ID), ID.replace("-", "")]
