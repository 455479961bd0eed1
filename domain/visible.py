"""Foreign text as a terminal may show it: nothing in it acts, and nothing in it hides."""

import re
import unicodedata

ACTING = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"})
"""Controls, formatting and bidirectional marks, tags, lone surrogates, what is nothing yet, and
blanks that are no ordinary one.
"""
BLANKS = re.compile(r"[^\S ]+")

UNSEEN = re.compile(
    # Of the characters that Unicode 16 shows as nothing, those that are letters or marks.
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
VARIATIONS = frozenset("\ufe0e\ufe0f")
JOINERS = frozenset("\u200c\u200d") | VARIATIONS
"""Persian and Indian names, and emoji, are written with them."""


def visible(text: str) -> str:
    r"""Return it on one line, with a name such as \u202e for each character that shows nothing.

    A joiner stays between two characters that are not ASCII: between others it joins nothing,
    and makes one address look like another.
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
    r"""Name it as JSON does: \u202e, and two surrogates beyond the first 65,536."""
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
    # At an edge the other side may be in a piece that is printed apart.
    return not side.isascii() or not side
