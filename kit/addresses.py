"""Accepts one bare address for a mail's To, in a form that every mail server understands."""

import re

from email_validator import (
    SPECIAL_USE_DOMAIN_NAMES,
    EmailNotValidError,
    ValidatedEmail,
    validate_email,
)

from domain.errors import RecipientRefusedError

# The library documents this way to accept .test, .invalid and .local, which tests, demos and
# company networks use. Only the provider knows if a domain takes mail.
SPECIAL_USE_DOMAIN_NAMES.clear()


SOME_HOST = "example.com"
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
# The last label must hold a letter: otherwise the host could be an IP address.
_HOST = re.compile(rf"(?:{_LABEL}\.)+(?=[^.]*[A-Za-z]){_LABEL}")
LONGEST_HOST = 253
LONGEST = 254


def mailable(address: str, delivery_id: int) -> str:
    """Return the bare ASCII address for To. A domain in another script becomes an A-label.

    Raises RecipientRefusedError for everything else: a display name, a list, a quoted or non-ASCII
    local part. In Postmark's To, a comma would add a second recipient; in a message, a line break
    would add a second header.
    """
    local, _, domain = address.rpartition("@")
    try:
        _valid(f"{local}@{SOME_HOST}")
        host = domain.lower() if _is_host(domain) else _valid(address).ascii_domain
    except EmailNotValidError:
        raise _refused(delivery_id) from None
    if len(local) + 1 + len(host) > LONGEST:
        raise _refused(delivery_id)
    # The validator lowers the case of names like Info. We keep the case, because only the mailbox's
    # own server knows if case matters.
    return f"{local}@{host}"


def _refused(delivery_id: int) -> RecipientRefusedError:
    return RecipientRefusedError(delivery_id, "no mail can be sent to the address")


def _is_host(domain: str) -> bool:
    """Return true for a plain host name, which then skips the validator.

    The validator refuses some registered domains that take mail: it holds A-labels to IDNA 2008,
    which has no emoji, and it refuses double hyphens as in `in--focus`.
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
