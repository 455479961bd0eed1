"""Invisible differences between two spellings of the same words."""

import re
import unicodedata

LEFT_OUT = frozenset("\u034f\u17b4\u17b5\u180b\u180c\u180d\u180f")
"""Invisible characters that Unicode counts as marks, not as format characters."""
JOINERS = frozenset("\u200c\u200d")
"""Joiners: several scripts and emoji need them, so they are kept."""
EMPTY_LETTERS = str.maketrans(dict.fromkeys("\u2800\u115f\u1160\u3164\uffa0", " "))
"""Letters and symbols that look like a blank."""
SINGLE = (
    "\u2018\u2019\u201a\u201b\u2032\u2035\u2039\u203a\u02b9\u02bb\u02bc\u05f3`\u00b4"
    "\u275b\u275c\u275f\uff07"
)
DOUBLE = (
    "\u201c\u201d\u201e\u201f\u2033\u2036\u00ab\u00bb\u02ee\u05f4"
    "\u275d\u275e\u2760\u2e42\u301d\u301e\u301f\uff02\U0001f676\U0001f677\U0001f678"
)
QUOTES = str.maketrans(dict.fromkeys(SINGLE, "'") | dict.fromkeys(DOUBLE, '"'))

DASHES = "\u2053\u2212\u02d7\u2043\u2796\u30fc"
"""Dashes outside Unicode's category of dashes, and signs that people type for a dash."""

AROUND = (
    "\t \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f"
    "\u205f\u3000\u2800\u3164\uffa0\u200c\u200d"
)
"""Invisible characters around an address: blanks, and joiners without neighbors."""

_ASCII = "\\x00-\\x7f"
_JOINER = "[\u200c\u200d]"
_STRAY_JOINER = re.compile(f"(?<![^{_ASCII}]){_JOINER}|{_JOINER}(?![^{_ASCII}])")
_AROUND_AT = re.compile(f"[{AROUND}]*@[{AROUND}]*")


def is_invisible(character: str) -> bool:
    """Tell whether the character shows nothing and takes no room. A joiner counts as visible."""
    if character in JOINERS:
        return False
    return (
        unicodedata.category(character) == "Cf"
        or character in LEFT_OUT
        or "\ufe00" <= character <= "\ufe0f"
        or "\U000e0100" <= character <= "\U000e01ef"
    )


def as_seen(text: str) -> str:
    """Return the text without invisible characters, and with plain spaces only."""
    # Each distinct character is looked up once, so that megabytes take only a moment.
    shown = {ord(one): " " for one in set(text) if unicodedata.category(one) == "Zs"}
    return _without_invisible(text).translate(shown)


def _without_invisible(text: str) -> str:
    return text.translate({ord(one): None for one in set(text) if is_invisible(one)})


def seen_address(address: str) -> str:
    """Return an e-mail address without invisible characters and without blanks around it or its @.

    A joiner stays between two letters outside ASCII, because a word may need it. A line break
    stays, so that the address is refused: nobody types a line break by accident, and it would
    begin a header. A blank between two words stays as well, because its removal would make
    another address.
    """
    bare = _STRAY_JOINER.sub("", _without_invisible(address)).strip(AROUND)
    return bare if '"' in bare else _AROUND_AT.sub("@", bare)


def fold_blanks(text: str) -> str:
    """Return the text without blanks at its ends, with one space for each run of blanks."""
    return " ".join(text.translate(EMPTY_LETTERS).split())


def fold_option(text: str) -> str:
    """Return the form in which categories and options are compared.

    Composed and decomposed letters, blanks of any kind, typographic and plain quotes are equal,
    and invisible characters do not count. Case, hyphens and spelling do count.
    """
    composed = unicodedata.normalize("NFC", as_seen(text))
    return fold_blanks(composed.translate(QUOTES))


def fold_key(text: str) -> str:
    """Return the form in which license keys are compared: without case, blanks and dashes.

    Width of letters and invisible characters do not count either, because people paste keys.
    """
    composed = unicodedata.normalize("NFKC", text.translate(EMPTY_LETTERS)).upper()
    filler = {ord(one): None for one in set(composed) if _fills(one)}
    return composed.translate(filler)


def _fills(character: str) -> bool:
    return (
        character.isspace()
        or character in DASHES
        or unicodedata.category(character) in {"Pd", "Cf", "Cc"}
        or is_invisible(character)
    )
