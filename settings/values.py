"""Values that a setting may have, and the sentences for those it may not."""

from email.errors import ObsoleteHeaderDefect
from email.headerregistry import AddressHeader, HeaderRegistry
from typing import Annotated, cast

from pydantic import AfterValidator, SecretStr
from sqlalchemy.exc import ArgumentError

from db.engine import database_url

DRIVERS = frozenset({"sqlite", "postgresql+psycopg"})


def _mailbox(text: str) -> str:
    if not _is_mailbox(text):
        raise ValueError(
            "is no single mailbox: write it as shop@example.com, Shop <shop@example.com> or, with "
            'a comma or the like in the name, "Shop, Ltd." <shop@example.com>'
        )
    return text


def _is_mailbox(text: str) -> bool:
    # A provider takes what follows a comma for a second sender, and a line break for a header.
    if not text.isprintable():
        return False
    try:
        header = HeaderRegistry()("From", text)
    except IndexError:  # What the parser of Python 3.11 makes of "shop@".
        return False
    flaws = [flaw for flaw in header.defects if not isinstance(flaw, ObsoleteHeaderDefect)]
    return len(cast("AddressHeader", header).addresses) == 1 and not flaws


def _database_url(secret: SecretStr) -> SecretStr:
    try:
        url = database_url(secret.get_secret_value())
    except (ArgumentError, ValueError):
        # The parser's own words may quote a password.
        url = None
    if url is None or url.drivername not in DRIVERS:
        raise ValueError(
            "is neither sqlite:///folder/file.db nor postgresql://user:password@host/name "
            "(where the password has :, / or @, write it percent-encoded)"
        )
    return secret


Mailbox = Annotated[str, AfterValidator(_mailbox)]
DatabaseUrl = Annotated[SecretStr, AfterValidator(_database_url)]
