"""Foreign text made fit for one line: of a header, of a letter, of a database row."""

import re
import unicodedata

# PostgreSQL stores no NUL, no encoder takes a lone surrogate, and a line break starts a new
# header; the format characters that emoji are joined with (U+200D) are none of these.
BREAKING_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})
MARKS_AND_INVISIBLE = frozenset({"Cf", "Mc", "Me", "Mn"})
# They turn the reading order of all that follows, so that a name could rewrite a sentence.
DIRECTION_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

# Letters of every script that may follow a dot, and the characters of links, addresses and markup.
# An abbreviation (J. R. R., Ph.D.) has one letter or a blank after its dot, a domain has neither.
# Nor is a dot in brackets part of a name: readers put such a link together themselves.
LINK = re.compile(r"\.\w\w|\d\.\d|//|[@:\\<>\[\]{}]|\(\s*(?:\.|dot|at)\s*\)|\bwww\b", re.IGNORECASE)
# IDNA takes the first for a dot, and so do mail programs; the others only look like one. What else
# is a dot to IDNA is compatible with ".".
STOPS = str.maketrans(dict.fromkeys("\u3002\u06d4\u0701\u0702\ua4f8\ua60e\U00010a50", "."))
LONGEST_NAME = 60
MOST_DIGITS = 6
"""More are a telephone number, which a mail program turns into a link too."""


def greeted_name(text: str) -> str:
    """Return a buyer's name as a letter may repeat it, or nothing where it is more than a name.

    Buyers type both the name and the address: a link in the name would be an advertisement that
    the shop mails to strangers.
    """
    name = one_line(text, len(text))
    bare = _bare(name)
    digits = sum(character.isdigit() for character in bare)
    is_name = len(name) <= LONGEST_NAME and digits <= MOST_DIGITS and not LINK.search(bare)
    return name if is_name and bare.strip() else ""


def quoted_number(text: str | None) -> str | None:
    """Return a receipt's number of an order, as safe to repeat as a name; None where it is not."""
    number = one_line(text or "", len(text or ""))
    is_number = 0 < len(number) <= LONGEST_NAME and not LINK.search(_bare(number))
    return number if is_number else None


def _bare(text: str) -> str:
    """Undo what hides a link from a rule and not from a reader: width, marks, invisible joints."""
    plain = unicodedata.normalize("NFKD", text).translate(STOPS)
    return "".join(one for one in plain if unicodedata.category(one) not in MARKS_AND_INVISIBLE)


def is_one_line(text: str) -> bool:
    return all(unicodedata.category(character) not in BREAKING_CATEGORIES for character in text)


def one_line(text: str, longest: int = 500) -> str:
    """Squeeze into one line of at most `longest` characters; a longer one ends in an ellipsis."""
    squeezed = " ".join("".join(map(_harmless, text)).split())
    return squeezed if len(squeezed) <= longest else squeezed[: longest - 1].rstrip() + "…"


def _harmless(character: str) -> str:
    if character in DIRECTION_OVERRIDES:
        return ""
    return " " if unicodedata.category(character) in BREAKING_CATEGORIES else character
