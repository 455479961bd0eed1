"""Which address may stand in a mail's To: exactly one, bare, and understood everywhere."""

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

from domain.errors import RecipientRefusedError

# The library's documented way to accept .test, .invalid and .local, which tests, demos and
# company networks use: whether a domain takes mail is for the provider to say.
SPECIAL_USE_DOMAIN_NAMES.clear()


def mailable(address: str, delivery_id: int) -> str:
    """Return the one bare ASCII address to put into To, a domain in another script as A-label.

    Raises RecipientRefusedError for everything else: a display name, a list, a quoted or a
    non-ASCII local part. A comma in Postmark's To would be a second recipient, and a line
    break in a message's a second header.
    """
    try:
        found = validate_email(
            address,
            check_deliverability=False,
            allow_smtputf8=False,
            allow_quoted_local=False,
            allow_display_name=False,
            allow_domain_literal=False,
        )
    except EmailNotValidError:
        raise RecipientRefusedError(delivery_id, "no mail can be sent to the address") from None
    # The validator lowers the case of names like Info, but only the mailbox's own server may
    # say that case does not matter.
    local, _, _ = address.rpartition("@")
    return f"{local}@{found.ascii_domain}"
