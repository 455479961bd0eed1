"""Options and help of `mintpost keys`."""

import sys
from typing import Annotated

import typer

from commands.context import given
from commands.help import examples
from commands.menu.options import AsJson, Reason

Kid = Annotated[str, typer.Argument(metavar="KID", help="as `mintpost keys list` names it")]
Yes = Annotated[bool, typer.Option("--yes", metavar="", help="do not ask")]


@examples(("mintpost keys generate > signing-key.pem", "after `umask 077`"))
def generate() -> None:
    """Print a new signing key for LICENSE_SIGNING_KEY or its file. Keep it secret, keep it safe."""
    from licensing.private_keys import generate_private_key

    sys.stdout.write(generate_private_key())


@examples(("mintpost keys list --json", "with the public keys as PEM and hex"))
def list_keys(ctx: typer.Context, *, as_json: AsJson = False) -> None:
    """List the public keys of all tokens ever signed: of licenses, then of answers to apps."""
    from commands.keys import print_keys

    with given(ctx).open_database() as database:
        print_keys(database, as_json=as_json)


@examples(('mintpost keys revoke 1f0c3a9be2d47c58 --reason "laptop stolen"', None))
def revoke(ctx: typer.Context, kid: Kid, *, reason: Reason = None, yes: Yes = False) -> None:
    """Take a key out of use, for ever: its licenses, or its answers, are not genuine any more."""
    from commands.keys import run_revoke

    with given(ctx).open_database() as database:
        run_revoke(database, kid, reason, yes=yes)
