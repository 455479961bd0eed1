"""Text prepared for a search, in which case, accents and encoding do not count."""

import unicodedata
from collections.abc import Sequence

from domain.folding import QUOTES

# Letters without a decomposition, with the ASCII that people type without such a keyboard.
PLAIN_LETTERS = dict(zip("\u0131łøđðħŧ", "iloddht", strict=True)) | {
    "æ": "ae",
    "œ": "oe",
    "þ": "th",
}
ALIKE = {
    **PLAIN_LETTERS,
    # Not the ASCII quotes, because a database does not change them either.
    **{chr(code): plain for code, plain in QUOTES.items() if not chr(code).isascii()},
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
}
UNHEARD = frozenset({"Mn", "Me", "Cf"})
"""The Unicode categories of separated accents and of invisible characters."""
IOTA_BELOW = "\u0345"
"""A separated accent that casefolding makes a letter, as it does with the composed `\u1fb3`."""


def fold(text: str) -> str:
    """Return the form that all spellings of a text share.

    ASCII text without double blanks becomes its lower case, as the `lower` of a database does.
    """
    return fold_all([text])[0]


def fold_all(texts: Sequence[str]) -> list[str]:
    """Fold many texts in one pass, because a search folds every name outside ASCII."""
    if not texts:
        return []
    lines = "\n".join(text.replace("\n", " ") for text in texts)
    apart = unicodedata.normalize("NFKD", _plain(lines)).casefold()
    # Casefolding composes some letters again.
    apart = _plain(unicodedata.normalize("NFKD", _plain(apart)))
    return [" ".join(line.split()) for line in apart.split("\n")]


def _plain(text: str) -> str:
    """Replace each distinct character once: `str.translate` would look up every position."""
    for one in set(text):
        if one in ALIKE:
            text = text.replace(one, ALIKE[one])
        elif one != IOTA_BELOW and unicodedata.category(one) in UNHEARD:
            text = text.replace(one, "")
    return text


def as_typed(text: str) -> str:
    """Return a number or an id without the invisible characters of a mail or a form."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(one for one in plain if unicodedata.category(one) != "Cf").strip()
