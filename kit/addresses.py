"""Which address may stand in a mail's To: exactly one, bare, and understood everywhere."""

import re

from email_validator import (
    SPECIAL_USE_DOMAIN_NAMES,
    EmailNotValidError,
    ValidatedEmail,
    validate_email,
)

from domain.errors import RecipientRefusedError

# The library's documented way to accept .test, .invalid and .local, which tests, demos and
# company networks use: whether a domain takes mail is for the provider to say.
SPECIAL_USE_DOMAIN_NAMES.clear()


SOME_HOST = "example.com"
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
# The last label is no number, or the whole could be an IP address.
_HOST = re.compile(rf"(?:{_LABEL}\.)+(?=[^.]*[A-Za-z]){_LABEL}")
LONGEST_HOST = 253
LONGEST = 254


def mailable(address: str, delivery_id: int) -> str:
    """Return the one bare ASCII address to put into To, a domain in another script as A-label.

    Raises RecipientRefusedError for everything else: a display name, a list, a quoted or a
    non-ASCII local part. A comma in Postmark's To would be a second recipient, and a line
    break in a message's a second header.
    """
    local, _, domain = address.rpartition("@")
    try:
        _valid(f"{local}@{SOME_HOST}")
        host = domain.lower() if _is_host(domain) else _valid(address).ascii_domain
    except EmailNotValidError:
        raise _refused(delivery_id) from None
    if len(local) + 1 + len(host) > LONGEST:
        raise _refused(delivery_id)
    # The validator lowers the case of names like Info, but only the mailbox's own server may
    # say that case does not matter.
    return f"{local}@{host}"


def _refused(delivery_id: int) -> RecipientRefusedError:
    return RecipientRefusedError(delivery_id, "no mail can be sent to the address")


def _is_host(domain: str) -> bool:
    """Tell whether it is a host's name as it is.

    The validator holds A-labels to IDNA 2008, which has no emoji, and refuses `in--focus`: names
    that are registered and take mail.
    """
    return len(domain) <= LONGEST_HOST and _HOST.fullmatch(domain) is not None


def _valid(address: str) -> ValidatedEmail:
    return validate_email(
        address,
        check_deliverability=False,
        allow_smtputf8=False,
        allow_quoted_local=False,
        allow_display_name=False,
        allow_domain_literal=False,
    )
