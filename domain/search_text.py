"""Text as a person compares it: without case, accents, and how it happens to be encoded."""

import unicodedata
from collections.abc import Sequence

from domain.folding import QUOTES

# Letters that no decomposition takes apart, as people type them who lack the key.
PLAIN_LETTERS = dict(zip("\u0131łøđðħŧ", "iloddht", strict=True)) | {
    "æ": "ae",
    "œ": "oe",
    "þ": "th",
}
ALIKE = {
    **PLAIN_LETTERS,
    # A database leaves ASCII's own as they are.
    **{chr(code): plain for code, plain in QUOTES.items() if not chr(code).isascii()},
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
}
UNHEARD = frozenset({"Mn", "Me", "Cf"})
"""Accents once they are taken off their letters, and what is invisible."""


def fold(text: str) -> str:
    """Return what all spellings of one text have in common.

    ASCII without two blanks in a row comes out as its lower case, which a database knows too.
    """
    return fold_all([text])[0]


def fold_all(texts: Sequence[str]) -> list[str]:
    """Fold all at once: a search does it with every name that is not ASCII."""
    if not texts:
        return []
    lines = "\n".join(text.replace("\n", " ") for text in texts)
    apart = unicodedata.normalize("NFKD", _plain(lines)).casefold()
    # Casefolding puts some letters together again.
    apart = _plain(unicodedata.normalize("NFKD", _plain(apart)))
    return [" ".join(line.split()) for line in apart.split("\n")]


def _plain(text: str) -> str:
    """Replace one character after the other: a table would be asked for each place of the text."""
    for one in set(text):
        if one in ALIKE:
            text = text.replace(one, ALIKE[one])
        elif unicodedata.category(one) in UNHEARD:
            text = text.replace(one, "")
    return text


def as_typed(text: str) -> str:
    """Return a number or an id without what a mail or a form put around it or into it."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(one for one in plain if unicodedata.category(one) != "Cf").strip()
