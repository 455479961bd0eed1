"""Finds a secret in a text, in any spelling of a proxy or a library.

The search decodes the text in every way that a patient person could reverse, and looks at each
reading. A text with too many readings counts as a text with the secret.
"""

import binascii
import html
import re
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import unquote_to_bytes

MOST_READINGS = 300
SHORTEST_BARE = 8
MOST_ROUNDS = 6
"""The most repetitions of percent-encoding that the search removes."""

WHITE = re.compile(rb"\s+")
PERCENT_U = re.compile(rb"%u([0-9a-f]{4})", re.IGNORECASE)
BACKSLASH = re.compile(rb"\\+(?:u\{?([0-9a-f]{4,6})\}?|x([0-9a-f]{2})|([/\"'\\-]))", re.IGNORECASE)
QUOTED = re.compile(rb"=([0-9a-f]{2})", re.IGNORECASE)
NO_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
ENTITY = re.compile(rb"&#?\w+;?")
HEX = rb"[0-9a-f](?:[:\s-]?[0-9a-f]){%d,}"


class HiddenSecrets:
    def __init__(self, secrets: Iterable[str]) -> None:
        self._needles = {needle for secret in secrets for needle in _needles(secret)} - {b""}
        self._shortest = min(map(len, self._needles), default=0)

    def stand_in(self, text: str) -> bool:
        """Tell whether a reading of the text holds one of the secrets."""
        if not self._needles:
            return False
        for count, reading in enumerate(_readings(_bytes(text), self._shortest)):
            plain = _folded(reading)
            if count == MOST_READINGS or any(needle in plain for needle in self._needles):
                return True
        return False


def _needles(secret: str) -> Iterator[bytes]:
    # Some clients send headers as Latin-1.
    written = secret.encode(errors="surrogatepass"), secret.encode("latin-1", errors="ignore")
    for each in written:
        yield _folded(each)
        # Removing escapes from the text also removes the escapes of a secret that has some.
        *_, bare = _without_escapes(each)
        if len(bare) >= SHORTEST_BARE:
            yield _folded(bare)


def _folded(text: bytes) -> bytes:
    """Remove differences of case, of `+` for a blank, and of the NULs of UTF-16."""
    return text.replace(b"\0", b"").replace(b"+", b" ").lower()


def _bytes(text: str) -> bytes:
    """Return a header's bytes, because the server decodes headers as Latin-1."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode(errors="surrogatepass")


def _readings(text: bytes, shortest: int, depth: int = 3) -> Iterator[bytes]:
    """Yield the text and each decoded reading of the text, step by step."""
    for plain in _unescaped(text):
        yield plain
        if depth == 0 or len(plain) < shortest:
            continue
        for block in _blocks(plain, shortest):
            yield from _readings(block, shortest, depth - 1)


def _unescaped(text: bytes) -> Iterator[bytes]:
    """Yield the text itself, and the text after each removal of escapes."""
    seen: list[bytes] = []
    for reading in _without_escapes(text):
        seen.append(reading)
        yield reading
    for decode in SIDE_WAYS:
        if (other := decode(seen[-1])) not in seen:
            yield other


def _without_escapes(text: bytes) -> Iterator[bytes]:
    seen = {text}
    yield text
    for _ in range(MOST_ROUNDS):
        before = text
        for decode in ESCAPES:
            text = decode(text)
            if text not in seen:
                seen.add(text)
                yield text
        if text == before:
            break


def _percent_u(text: bytes) -> bytes:
    return PERCENT_U.sub(lambda found: _character(found[1]), text)


def _entities(text: bytes) -> bytes:
    return ENTITY.sub(lambda found: html.unescape(found[0].decode("latin-1")).encode(), text)


def _backslashes(text: bytes) -> bytes:
    return BACKSLASH.sub(lambda found: found[3] or _character(found[1] or found[2]), text)


def _character(digits: bytes) -> bytes:
    number = int(digits, 16)
    return chr(number).encode(errors="surrogatepass") if number < 0x110000 else b""  # noqa: PLR2004 - the end of Unicode


def _quoted(text: bytes) -> bytes:
    return QUOTED.sub(lambda found: bytes([int(found[1], 16)]), text)


ESCAPES: tuple[Callable[[bytes], bytes], ...] = (
    unquote_to_bytes,
    _percent_u,
    _entities,
    _backslashes,
)
SIDE_WAYS: tuple[Callable[[bytes], bytes], ...] = (
    _quoted,
    lambda text: WHITE.sub(b"", text),
    lambda text: _quoted(WHITE.sub(b"", text)),
)
"""Decoders that may spoil a text for other decoders: quoted-printable spoils `secret=abc`."""


def _blocks(text: bytes, shortest: int) -> Iterator[bytes]:
    """Yield the decoded runs of Base64 and of hexadecimal digits, from every possible start."""
    standard = text.replace(b"-", b"+").replace(b"_", b"/")
    runs = [run for run in NO_BASE64.split(standard) if len(run) >= shortest]
    for start in range(4) if runs else ():
        yield b" ".join(_base64(run[start:]) for run in runs)
    found = re.findall(HEX % (2 * shortest - 1), text, re.IGNORECASE)
    digits = [re.sub(rb"[:\s-]", b"", run) for run in found]
    for start in range(2) if digits else ():
        yield b" ".join(_hexadecimal(run[start:]) for run in digits)


def _base64(run: bytes) -> bytes:
    return binascii.a2b_base64(run + b"A" * (-len(run) % 4))


def _hexadecimal(run: bytes) -> bytes:
    return binascii.unhexlify(run[: len(run) // 2 * 2])
