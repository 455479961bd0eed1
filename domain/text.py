"""Foreign text made safe for one line of a mail header, a letter or a database row."""

import unicodedata

# PostgreSQL stores no NUL, no encoder takes a lone surrogate, and a line break starts a new
# header. Format characters such as U+200D, the joiner of emoji, are in another category.
BREAKING_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})
# These reverse the reading order of the text that follows, so a name could rewrite a sentence.
DIRECTION_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
LONGEST_TEXT = 200


def plain_text(text: str) -> str:
    """Return free text without line breaks and control characters, trimmed, at most 200 long.

    Joiners stay, because emoji and names in several scripts need them.
    """
    kept = "".join(one for one in text if unicodedata.category(one) not in BREAKING_CATEGORIES)
    return kept.strip()[:LONGEST_TEXT].rstrip()


def is_one_line(text: str) -> bool:
    return all(unicodedata.category(character) not in BREAKING_CATEGORIES for character in text)


def one_line(text: str, longest: int = 500) -> str:
    """Return one line of at most `longest` characters; a shortened line ends in an ellipsis."""
    squeezed = " ".join("".join(map(_harmless, text)).split())
    return squeezed if len(squeezed) <= longest else squeezed[: longest - 1].rstrip() + "…"


def _harmless(character: str) -> str:
    if character in DIRECTION_OVERRIDES:
        return ""
    return " " if unicodedata.category(character) in BREAKING_CATEGORIES else character
