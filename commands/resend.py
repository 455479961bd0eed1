"""`mintpost resend`: one more license e-mail, to a corrected address if one is given."""

from datetime import timedelta

from rich.text import Text

from commands.lists import DELIVERIES, print_list
from commands.tables import console
from db.engine import Database
from db.resends import NewResend
from db.views.lists import DeliveryLine
from domain.advice import advised
from kit.asker import asker
from operations.deliveries import what_came
from operations.resend import resend, resend_logged


async def run_resend(
    database: Database, order: str | None, to: str | None, why: str | None, patience: float
) -> list[DeliveryLine]:
    """Ask for the mail of one order, or for all logged mails, and wait for the result."""
    if order is None:
        asked = await resend_logged(database, asker(), why)
    else:
        source, _, order_id = order.partition(":")
        asked = await resend(database, NewResend(source, order_id, to, asker(), why))
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
