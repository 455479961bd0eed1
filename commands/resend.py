"""`mintpost resend`: one more license e-mail, to a corrected address if one is given."""

import sys
from datetime import timedelta

import typer
from rich.text import Text

from commands.lists import DELIVERIES, print_list
from commands.tables import console
from db.engine import Database
from db.resends import NewResend
from db.views.lists import DeliveryLine
from domain.advice import advised
from kit.asker import asker
from operations.deliveries import what_came
from operations.resend import NotActiveError, resend, resend_logged


def agree(refused: NotActiveError) -> None:
    """Ask the person on the terminal. Raises the refusal if nobody agrees."""
    if not sys.stdin.isatty():
        raise refused
    try:
        agreed = typer.confirm(f"{refused.what}. Mail it all the same?", err=True)
    except typer.Abort:
        agreed = False
    if not agreed:
        raise refused


async def run_resend(  # noqa: PLR0913 - a command's options
    database: Database,
    order: str | None,
    to: str | None,
    why: str | None,
    patience: float,
    *,
    confirmed: bool = False,
) -> list[DeliveryLine]:
    """Ask for the mail of one order, or for all logged mails, and wait for the result."""
    if order is None:
        asked = await resend_logged(database, asker(), why)
    else:
        source, _, order_id = order.partition(":")
        new = NewResend(source, order_id, to, asker(), why)
        asked = await resend(database, new, confirmed=confirmed)
    return await what_came(database, asked, timedelta(seconds=patience))


def print_resent(order: str | None, found: list[DeliveryLine]) -> None:
    """Print the states of the mails. Without a mail, print that the address was kept."""
    if found or order is None:
        print_list(DELIVERIES, found, as_json=False)
        return
    console().print(
        Text(
            f"kept: once {order} has its license, that goes to the corrected address by itself; "
            f"{advised('show', order)} tells what it waits for"
        ),
        soft_wrap=True,
    )
