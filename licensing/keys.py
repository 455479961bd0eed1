"""The license key that people read, type and paste: `ACDE-…`, 28 characters in groups of four.

27 characters are random (122 bits); the last is a check character. Read as digits of a number in
base 5, a correct key is 0 modulo 23. 23 is prime and 5 is its primitive root, so the weights of the
places are 5⁰ to 5²¹ and then repeat. The check finds every single wrong character, every two
swapped characters less than 22 places apart, and 22 of 23 other mistakes.
"""

import secrets
import unicodedata
from string import ascii_lowercase, ascii_uppercase, digits

from kit.refusals import FixableError

ALPHABET = "ACDEFGHJKMNPQRTVWXY3479"
"""No two of these look alike: the alphabet has at most one of 0/O, 1/I/L, 2/Z, 5/S, 6/G, 8/B and
U/V."""
LENGTH = 28
GROUP = 4
MODULUS = len(ALPHABET)
PRIMITIVE_ROOT = 5

VALUES = {character: value for value, character in enumerate(ALPHABET)}
ACCEPTED = frozenset(ALPHABET + ALPHABET.lower())
# Not str.upper(), because it turns foreign characters into letters of a key: the ligature U+FB00
# becomes FF.
UPPER_CASE = str.maketrans(ascii_lowercase, ascii_uppercase)
# East Asian input methods type letters and digits in full width.
FULLWIDTH = {0xFEE0 + ord(plain): plain for plain in ascii_uppercase + ascii_lowercase + digits}
# Dashes, quotes and characters without width: zero-width spaces, soft hyphens, direction marks.
FILLER_CATEGORIES = frozenset({"Pd", "Pi", "Pf", "Cf"})
# Quotes of other categories: plain quotes and German low quotes.
MORE_QUOTES = frozenset("\"'`\u201a\u201e")
# Unicode's property Dash has four more characters outside Pd: the minus signs and the swung dash.
# The other five only look like a dash; a Japanese keyboard types the last two for a dash.
MORE_DASHES = frozenset("\u2053\u207b\u208b\u2212\u02d7\u2043\u2796\u30fc\uff70")


class MistypedKeyError(FixableError):
    """The sentence quotes at most the key's one impossible character, because a key is a secret."""


def new_key() -> str:
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return _grouped(drawn + _check_character(drawn))


def new_token_id() -> str:
    """Return 128 random bits as a license's name in tokens. A number would reveal the sales."""
    return secrets.token_urlsafe(16)


def normalize(text: str) -> str:
    """Return any text in the spelling of keys. `parse_key` checks if it is a key.

    Case, spaces, line breaks, dashes and quotes of every kind, invisible characters and the width
    of letters do not matter, because people paste keys from mails.
    """
    return _grouped(_squeeze(text).translate(UPPER_CASE))


def parse_key(text: str) -> str:
    """Return the key in its canonical form. Raises MistypedKeyError."""
    typed = _squeeze(text)
    for place, character in enumerate(typed, 1):
        if character not in ACCEPTED:
            raise MistypedKeyError(
                f"{_shown(character)}, at place {place} without the dashes, occurs in no license "
                f"key: its characters are {ALPHABET}"
            )
    if len(typed) != LENGTH:
        raise MistypedKeyError(
            f"a license key has {LENGTH} characters without its dashes, and this has {len(typed)}"
        )
    key = typed.translate(UPPER_CASE)
    if _remainder(key) != 0:
        raise MistypedKeyError(
            "the license key is mistyped: its check character does not fit; "
            "compare it with the license e-mail"
        )
    return _grouped(key)


def _check_character(drawn: str) -> str:
    return ALPHABET[-_remainder(drawn + ALPHABET[0]) % MODULUS]


def _remainder(characters: str) -> int:
    remainder = 0
    for character in characters:
        remainder = (remainder * PRIMITIVE_ROOT + VALUES[character]) % MODULUS
    return remainder


def _squeeze(text: str) -> str:
    # Each different character is looked up once, so that even megabytes take only a moment.
    fillers = dict.fromkeys((ord(one) for one in set(text) if _is_filler(one)), "")
    return text.translate(FULLWIDTH | fillers)


def _is_filler(character: str) -> bool:
    return (
        character.isspace()
        or character in MORE_DASHES
        or character in MORE_QUOTES
        or unicodedata.category(character) in FILLER_CATEGORIES
    )


def _grouped(characters: str) -> str:
    return "-".join(characters[at : at + GROUP] for at in range(0, len(characters), GROUP))


def _shown(character: str) -> str:
    """Return the character in quotes, or its name.

    A Cyrillic letter could deceive a reader, and a control character could upset a terminal.
    """
    if character.isascii() and character.isprintable():
        return f'"{character}"'
    return f"U+{ord(character):04X} ({unicodedata.name(character, 'nameless').lower()})"
