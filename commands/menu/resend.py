"""Options and help of `mintpost resend`."""

import asyncio
from functools import partial
from typing import Annotated

import typer

from commands.completion import any_sale
from commands.context import given
from commands.help import examples
from commands.menu.options import Patience, Reason, require_storefront
from domain.delivery import DeliveryStatus
from kit.refusals import RefusedError
from storefronts.registry import EXAMPLE

Order = Annotated[
    str | None,
    typer.Argument(
        callback=require_storefront,
        metavar="SOURCE:ORDER_ID",
        help=f"as in {EXAMPLE}",
        autocompletion=any_sale,
    ),
]
To = Annotated[str | None, typer.Option(metavar="ADDRESS", help="the corrected address")]
Status = Annotated[
    str | None,
    typer.Option(metavar=DeliveryStatus.LOGGED.value, help="all mails that were only written down"),
]

LOGGED = "mintpost resend --status logged"

Yes = Annotated[
    bool,
    typer.Option("--yes", metavar="", help="also a license that is revoked or suspended"),
]


@examples(
    (f"mintpost resend {EXAMPLE}", "to the same address"),
    (f"mintpost resend {EXAMPLE} --to ada@example.org --reason typo", None),
    ("mintpost resend --status logged", "all that were only written down"),
)
def resend(  # noqa: PLR0913 - a command's options
    ctx: typer.Context,
    order: Order = None,
    *,
    to: To = None,
    reason: Reason = None,
    status: Status = None,
    yes: Yes = False,
    patience: Patience = 15,
) -> None:
    """Send a license e-mail once more, to a corrected address if one is given."""
    from commands.resend import agree, print_resent, run_resend
    from operations.resend import NotActiveError

    if (order is None) == (status is None) or status not in {None, DeliveryStatus.LOGGED}:
        raise RefusedError(
            "name the sale whose mail to send, `mintpost resend SALE`, or send all that were only "
            f"written down: `{LOGGED}`"
        )
    if status is not None and not given(ctx).sends_mail():
        raise RefusedError(
            "POSTMARK_TOKEN is not set here, so the mails would only be logged again: set it here "
            f"and for the worker, then `{LOGGED}`"
        )
    with given(ctx).open_database() as database:
        ask = partial(run_resend, database, order, to, reason, patience)
        try:
            found = asyncio.run(ask(confirmed=yes))
        except NotActiveError as refused:
            agree(refused)
            found = asyncio.run(ask(confirmed=True))
    print_resent(order, found)
