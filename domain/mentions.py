"""Finds an address in foreign bytes: forms, JSON, mails."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote_plus

from domain.addresses import same_address

ESCAPED = re.compile(r"\\+u([0-9a-fA-F]{4})")
"""An escape of JSON, also of JSON within JSON."""

WHOLE = re.compile(r"[^@\s]+@[^@\s]+")
WORD = re.compile(r"[A-Za-z0-9]+")
WHITE = re.compile(r"\\+[nrtbf]")
"""An escape of JSON. Its letter is not part of the word that follows."""


def is_whole_address(text: str) -> bool:
    return WHOLE.fullmatch(text.strip()) is not None


@dataclass(frozen=True, slots=True)
class Mentions:
    """Tells whether a text has the address as a whole, without case: `nada@…` is not `ada@…`."""

    address: str
    _pattern: re.Pattern[str] = field(init=False, repr=False)
    _needle: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not is_whole_address(self.address):
            # An empty text is in every text, and a part of an address in many people's.
            raise ValueError("no whole address")
        own = re.escape(self.address.strip())
        pattern = re.compile(rf"(?<![\w.+-]){own}(?![\w-]|\.\w)", re.IGNORECASE)
        object.__setattr__(self, "_pattern", pattern)
        object.__setattr__(self, "_needle", _needle(self.address))

    def may_be_in(self, text: str) -> bool:
        """Tell quickly whether the text can have the address, escaped or not."""
        return self._needle in text.lower()

    def is_in(self, text: str | None) -> bool:
        return text is not None and self._pattern.search(text) is not None

    def is_address(self, text: str | None) -> bool:
        return bool(text) and self.may_be_in(text or "") and same_address(self.address, text or "")

    def is_in_bytes(self, content: bytes) -> bool:
        """Look at the text as it is, and without the escapes of forms and of JSON."""
        if self._needle.encode() not in content.lower():
            return False
        return any(map(self.is_in, _readings(content.decode(errors="replace"))))


def _readings(text: str) -> Iterator[str]:
    """Yield the text as it is, and without its escapes. A form may hold JSON, and JSON a form."""
    bare, plain = unquote_plus(text), _unescaped(text)
    yield from {text, bare, plain, unquote_plus(plain), _unescaped(bare)}


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    told = WHITE.sub(" ", ESCAPED.sub(_character, text))
    # JSON writes a character above U+FFFF as two surrogates.
    return told.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _needle(address: str) -> str:
    """Return the longest word of the local part, because no shop escapes letters and digits.

    Without a word in ASCII, return an empty text, which is in every text.
    """
    local = unicodedata.normalize("NFC", address).rpartition("@")[0]
    return max(WORD.findall(local), key=len, default="").lower()


def _character(found: re.Match[str]) -> str:
    return chr(int(found[1], 16))
