"""Decides if a letter may repeat a text that a buyer typed."""

import re
import unicodedata

from domain.text import one_line

MARKS_AND_INVISIBLE = frozenset({"Cf", "Mc", "Me", "Mn"})

# A letter of any script after a dot, and the characters of links, addresses and markup. A domain
# has two letters after its dot; an abbreviation (J. R. R., Ph.D.) has one letter or a blank. A dot
# in brackets is refused too, because readers put such a link together themselves.
LINK = re.compile(r"\.\w\w|\d\.\d|//|[@:\\<>\[\]{}]|\(\s*(?:\.|dot|at)\s*\)|\bwww\b", re.IGNORECASE)
# IDNA and mail programs read the first character as a dot; the others look like a dot. NFKD turns
# every further dot of IDNA into ".".
STOPS = str.maketrans(dict.fromkeys("\u3002\u06d4\u0701\u0702\ua4f8\ua60e\U00010a50", "."))
LONGEST_NAME = 60
MOST_DIGITS = 6
"""A longer number is a telephone number, and mail programs turn it into a link."""


def greeted_name(text: str) -> str:
    """Return a buyer's name if a letter may repeat it, else "".

    Buyers type both the name and the address. A link in the name would be an advertisement that the
    shop mails to strangers.
    """
    name = one_line(text, len(text))
    bare = _bare(name)
    digits = sum(character.isdigit() for character in bare)
    is_name = len(name) <= LONGEST_NAME and digits <= MOST_DIGITS and not LINK.search(bare)
    return name if is_name and bare.strip() else ""


def quoted_number(text: str | None) -> str | None:
    """Return the order number of the buyer's receipt if a letter may repeat it, else None."""
    number = one_line(text or "", len(text or ""))
    is_number = 0 < len(number) <= LONGEST_NAME and not LINK.search(_bare(number))
    return number if is_number else None


def _bare(text: str) -> str:
    """Remove widths, marks and invisible joiners, which hide a link from the rule only."""
    plain = unicodedata.normalize("NFKD", text).translate(STOPS)
    return "".join(one for one in plain if unicodedata.category(one) not in MARKS_AND_INVISIBLE)
