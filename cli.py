"""The `mintpost` command: a table of its contents, and how each command ends."""

import os
import sys
from collections.abc import Callable, Mapping
from typing import Annotated, NoReturn, TypeAlias

import typer

from commands.completion import words_of_bash
from commands.exits import require_text, told_as_sentence
from commands.from_settings import FromSettings
from commands.help import QuietCommand, QuietGroup
from commands.menu.acts import extend, restore, revoke, seats, tier
from commands.menu.alerts import send_test
from commands.menu.demo import demo
from commands.menu.dev import dev
from commands.menu.devices import devices
from commands.menu.doctor import doctor
from commands.menu.find import find
from commands.menu.import_ import import_
from commands.menu.issue import issue
from commands.menu.keys import generate, list_keys, revoke as revoke_key
from commands.menu.lists import deliveries, events, licenses, sales
from commands.menu.migrate import migrate
from commands.menu.privacy import erase, export, prune
from commands.menu.products import check, ids, list_
from commands.menu.remap import remap
from commands.menu.replay import replay
from commands.menu.reread import reread
from commands.menu.resend import resend
from commands.menu.retry import retry
from commands.menu.show import show
from commands.menu.smoke import smoke
from commands.menu.status import status
from commands.menu.trigger import trigger
from commands.menu.verify import verify
from kit.exiting import end_with
from kit.umask import set_umask
from kit.version import VERSION
from torture.menu import torture

Commands: TypeAlias = Mapping[str, Callable[..., None]]

CONTENTS: Mapping[str, Commands] = {
    "Run it": {
        "dev": dev,
        "demo": demo,
        "torture": torture,
        "migrate": migrate,
        "smoke": smoke,
        "trigger": trigger,
    },
    "Look": {
        "status": status,
        "show": show,
        "find": find,
        "events": events,
        "sales": sales,
        "licenses": licenses,
        "deliveries": deliveries,
    },
    "Act": {"retry": retry, "replay": replay, "resend": resend, "remap": remap, "reread": reread},
    "Give and take licenses": {
        "issue": issue,
        "import": import_,
        "revoke": revoke,
        "restore": restore,
        "extend": extend,
        "seats": seats,
        "tier": tier,
        "devices": devices,
    },
    "Check": {"doctor": doctor, "verify": verify},
    "People's data": {"erase": erase, "export": export, "prune": prune},
}
"""The commands by the panel of the help in which they stand."""

GROUPS: Mapping[str, tuple[str, Commands]] = {
    "products": ("The product mapping.", {"check": check, "ids": ids, "list": list_}),
    "alerts": ("What Mintpost tells you by itself.", {"test": send_test}),
    "keys": ("Signing keys.", {"generate": generate, "list": list_keys, "revoke": revoke_key}),
}

Version = Annotated[bool, typer.Option("--version", metavar="", help="Show the version and exit.")]


def _tell_version(*, version: Version = False) -> None:
    if version:
        typer.echo(f"mintpost {VERSION}")
        raise typer.Exit


def _mounted() -> typer.Typer:
    app = typer.Typer(
        help="Mintpost turns a storefront sale into a delivered license, exactly once.",
        cls=QuietGroup,
        no_args_is_help=True,
        invoke_without_command=True,
        callback=_tell_version,
        pretty_exceptions_enable=False,
        rich_markup_mode="markdown",
    )
    for panel, commands in CONTENTS.items():
        for name, command in commands.items():
            app.command(name, cls=QuietCommand, rich_help_panel=panel)(command)
    for name, (title, own) in GROUPS.items():
        group = typer.Typer(help=title, cls=QuietGroup, no_args_is_help=True)
        app.add_typer(group, name=name, rich_help_panel="Check")
        for each, command in own.items():
            group.command(each, cls=QuietCommand)(command)
    return app


app = _mounted()


def main() -> None:
    """Run the command; an error that a person can mend ends it as a sentence."""
    set_umask()
    with told_as_sentence():
        require_text(sys.argv)
        with words_of_bash(os.environ):
            app(obj=FromSettings())


def process() -> NoReturn:
    """Be the `mintpost` command."""
    end_with(main)


if __name__ == "__main__":
    process()
