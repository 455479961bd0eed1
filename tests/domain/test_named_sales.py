"""A sentence that asks for a command has the sale in it, safe for a shell and for Markdown."""

import pytest

from domain.error_branches import MintpostError, PermanentError
from domain.errors import (
    FactInvalidError,
    MailBuiltWronglyError,
    ProductUnmappedError,
    RecipientRefusedError,
)

SALE = "gumroad:a`b c"
QUOTED = "'gumroad:a`b c'"


@pytest.mark.parametrize(
    ("error", "commands"),
    [
        (
            RecipientRefusedError(1, "no mail can be sent to the address"),
            ["resend {} --to ADDRESS"],
        ),
        (
            RecipientRefusedError(1, "Postmark has blocked the address", can_return=True),
            ["replay {}", "resend {} --to ADDRESS"],
        ),
        (MailBuiltWronglyError("Postmark", 1), ["show {}"]),
        (FactInvalidError("its id is missing"), ["show {}"]),  # It names no license to revoke.
    ],
)
def test_permanent_error_names_its_sale(error: PermanentError, commands: list[str]) -> None:
    error.name_sale(SALE)
    for command in commands:
        assert f"`` mintpost {command.format(QUOTED)} ``" in error.sentence
    told = error.sentence
    error.name_sale("gumroad:another")
    assert error.sentence == told


def test_sentence_without_a_command_stays_as_it_is() -> None:
    error: MintpostError = ProductUnmappedError("gumroad", "x")
    told = error.sentence
    error.name_sale(SALE)
    assert error.sentence == told
