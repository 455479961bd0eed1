"""Foreign text made safe for a terminal: no control character, no invisible character."""

import re
import unicodedata

ACTING = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"})
"""The Unicode categories of controls, formatting and bidirectional marks, tags, lone surrogates,
unassigned characters and unusual blanks.
"""
BLANKS = re.compile(r"[^\S ]+")

UNSEEN = re.compile(
    # The invisible characters of Unicode 16 that are letters or marks.
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
VARIATIONS = frozenset("\ufe0e\ufe0f")
JOINERS = frozenset("\u200c\u200d") | VARIATIONS
"""Persian and Indian names, and emoji, need these characters."""


def visible(text: str) -> str:
    r"""Return the text on one line, with a name such as \u202e for each invisible character.

    A joiner stays between two characters outside ASCII. Between ASCII characters a joiner has no
    use, and makes two different addresses look the same.
    """
    spaced = BLANKS.sub(" ", text)
    if spaced.isascii() and spaced.isprintable():
        return spaced
    return "".join(_shown(spaced, place) for place in range(len(spaced)))


def visible_lines(text: str) -> str:
    return "\n".join(map(visible, text.split("\n")))


def acts_or_hides(character: str) -> bool:
    if character == " ":
        return False
    return unicodedata.category(character) in ACTING or UNSEEN.fullmatch(character) is not None


def escaped(character: str) -> str:
    r"""Return the name that JSON uses: \u202e, or two surrogates above U+FFFF."""
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


def _shown(text: str, place: int) -> str:
    character = text[place]
    if not acts_or_hides(character):
        return character
    if character in JOINERS and _joins(text, place):
        return character
    return escaped(character)


def _joins(text: str, place: int) -> bool:
    before, after = text[place - 1 : place] if place else "", text[place + 1 : place + 2]
    if text[place] in VARIATIONS:
        return _is_wide(before)
    return _is_wide(before) and _is_wide(after)


def _is_wide(side: str) -> bool:
    # At an edge, the neighbor may be in another piece of text, printed separately.
    return not side.isascii() or not side
