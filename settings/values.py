"""Types of setting values, and the sentences for invalid ones."""

from email.errors import MessageError, ObsoleteHeaderDefect
from email.headerregistry import AddressHeader, HeaderRegistry
from pathlib import Path
from typing import Annotated, cast

from pydantic import AfterValidator, SecretStr

from settings.files import folder_trouble

# Python's parser raises these for "shop@", and for deeply nested brackets.
PARSER_ERRORS = (IndexError, ValueError, AttributeError, TypeError, RecursionError, MessageError)


def _mailbox(text: str) -> str:
    if not _is_mailbox(text):
        raise ValueError(
            "is no single mailbox: write it as shop@example.com, Shop <shop@example.com> or, with "
            'a comma or the like in the name, "Shop, Ltd." <shop@example.com>'
        )
    return text


def _is_mailbox(text: str) -> bool:
    # A provider reads text after a comma as a second sender, and text after a line break as a
    # header.
    if not text.isprintable():
        return False
    try:
        header = HeaderRegistry()("From", text)
    except PARSER_ERRORS:
        return False
    flaws = [flaw for flaw in header.defects if not isinstance(flaw, ObsoleteHeaderDefect)]
    return len(cast("AddressHeader", header).addresses) == 1 and not flaws


def _token(secret: SecretStr) -> SecretStr:
    text = secret.get_secret_value()
    if not (text.isascii() and text.isprintable()) or " " in text:
        raise ValueError("holds a character that no token has: copy it anew")
    return secret


def _folder(path: Path) -> Path:
    if (why := folder_trouble(path)) is not None:
        raise ValueError(f"cannot be used: {path}: {why}")
    return path


Mailbox = Annotated[str, AfterValidator(_mailbox)]
Token = Annotated[SecretStr, AfterValidator(_token)]
Folder = Annotated[Path, AfterValidator(_folder)]
