"""Options and help of `mintpost devices`."""

import re
from typing import Annotated

import typer

from commands.completion import any_sale
from commands.context import given
from commands.help import examples
from commands.menu.options import AsJson
from domain.advice import advised
from kit.refusals import RefusedError
from storefronts.registry import EXAMPLE

MOST = 1_000_000
NONE = "none"

Text = Annotated[
    str,
    typer.Argument(
        metavar="SALE-or-KEY", help=f"{EXAMPLE}, or a license key", autocompletion=any_sale
    ),
]
Free = Annotated[
    str | None,
    typer.Option(metavar="DEVICE", help="free one: its id, or a beginning of it, name or label"),
]
FreeAll = Annotated[bool, typer.Option("--free-all", metavar="", help="free every one")]
Most = Annotated[
    str | None,
    typer.Option("--limit", metavar="N|none", help="the most devices; none: as products.yaml says"),
]
Yes = Annotated[bool, typer.Option("--yes", metavar="", help="free all without asking")]


@examples(
    (f"mintpost devices {EXAMPLE}", "which they are"),
    (f'mintpost devices {EXAMPLE} --free "old laptop"', None),
    (f"mintpost devices {EXAMPLE} --limit 5", "whatever products.yaml says"),
)
def devices(  # noqa: PLR0913 - a command's options
    ctx: typer.Context,
    text: Text,
    *,
    free: Free = None,
    free_all: FreeAll = False,
    limit: Most = None,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """List the devices on which a license is activated, free them, or limit their number."""
    from commands.devices import Asked, NewLimit, Wish, run_devices
    from commands.products import products_or_warning

    if sum((free is not None, free_all, limit is not None)) > 1:
        raise RefusedError(
            "give one of --free, --free-all and --limit at a time; to see the devices: "
            f"{advised('devices', text)}"
        )
    new_limit = None if limit is None else NewLimit(_most(text, limit))
    catalog = products_or_warning(given(ctx).products_file(), given(ctx).sources)
    asked = Asked(text.strip(), catalog, yes=yes, as_json=as_json)
    with given(ctx).open_database() as database:
        run_devices(database, asked, Wish(free, free_all, new_limit))


def _most(text: str, written: str) -> int | None:
    """Read a limit. 0: no further device gets a place."""
    number = written.strip()
    if number.lower() == NONE:
        return None
    if re.fullmatch(r"\d{1,7}", number, re.ASCII) and int(number) <= MOST:
        return int(number)
    raise RefusedError(
        f"a limit is a number from 0 to {MOST:,}, or none: "
        f"{advised('devices', text, options=['--limit 3'])}"
    )
