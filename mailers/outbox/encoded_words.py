"""Encodes headers (RFC 2047) so that every mail program reads them back unchanged.

We do not use CPython's own folding (seen with 3.11): it sometimes loses a blank between two words
outside ASCII, and reads a subject with "=?" as already encoded.
"""

import re
from base64 import b64encode
from collections.abc import Iterator
from email.headerregistry import HeaderRegistry
from email.policy import SMTP
from email.utils import quote
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from email.headerregistry import AddressHeader

# Text that needs no encoding and no folding, nor quotes in a display name.
PLAIN_SUBJECT = re.compile(r"(?!.*=\?)(?!.*  )[!-~]([ -~]{0,58}[!-~])?", re.ASCII)
PLAIN_NAME = re.compile(r"(?!.*=\?)[ -~]+", re.ASCII)
BYTES_A_WORD = 39
"""Gives lines of 74 characters after the longest header name; the limit is 76."""


def subject_header(text: str) -> bytes:
    value = text if PLAIN_SUBJECT.fullmatch(text) else _encoded(text)
    return f"Subject: {value}\r\n".encode("ascii")


def mailbox_header(name: str, mailbox: str) -> bytes:
    """Return the header of one mailbox, with or without a display name."""
    header = HeaderRegistry()(name, mailbox)
    addresses = cast("AddressHeader", header).addresses
    shown = addresses[0].display_name if len(addresses) == 1 else ""
    if not shown:
        return header.fold(policy=SMTP).encode()
    words = f'"{quote(shown)}"' if PLAIN_NAME.fullmatch(shown) else _encoded(shown)
    return f"{name}: {words}\r\n <{addresses[0].addr_spec}>\r\n".encode()


def _encoded(text: str) -> str:
    return "\r\n ".join(f"=?utf-8?b?{b64encode(part).decode()}?=" for part in _parts(text))


def _parts(text: str) -> Iterator[bytes]:
    """Cut between characters, because each encoded word is decoded separately."""
    part = b""
    for character in text:
        encoded = character.encode()
        if len(part) + len(encoded) > BYTES_A_WORD:
            yield part
            part = b""
        part += encoded
    yield part
