"""What a letter may repeat of a buyer's words."""

import re
import unicodedata

from domain.text import one_line

MARKS_AND_INVISIBLE = frozenset({"Cf", "Mc", "Me", "Mn"})

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
