"""Finds an address in foreign bytes: forms, JSON, mails."""

import re
import unicodedata
from dataclasses import dataclass, field
from urllib.parse import unquote_plus

from domain.addresses import same_address

ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
WHOLE = re.compile(r"[^@\s]+@[^@\s]+")
WORD = re.compile(r"[a-z0-9]+")
WHITE = re.compile(r"\\[nrtbf]")
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
        object.__setattr__(self, "_needle", _needle(self.address.lower()))

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
        text = content.decode(errors="replace")
        readings = [text]
        if "\\" in text:
            readings.append(WHITE.sub(" ", ESCAPED.sub(_character, text)))
        readings += [unquote_plus(each) for each in readings if "%" in each]
        return any(self.is_in(each) for each in readings)


def _needle(address: str) -> str:
    """Return the longest word of the local part, because no shop escapes letters and digits.

    Without a word in ASCII, return an empty text, which is in every text.
    """
    local = unicodedata.normalize("NFC", address).rpartition("@")[0]
    return max(WORD.findall(local), key=len, default="")


def _character(found: re.Match[str]) -> str:
    return chr(int(found[1], 16))
