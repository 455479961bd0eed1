"""The `mintpost` command: a table of its contents, and how each command ends."""

import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn, TypeAlias

import typer
from typing_extensions import override

from commands.context import Context, SmokeDefaults
from commands.exits import require_text, told_as_sentence
from commands.help import QuietCommand, QuietGroup
from commands.menu.demo import demo
from commands.menu.dev import dev
from commands.menu.find import find
from commands.menu.keys import generate, list_keys, revoke
from commands.menu.lists import deliveries, events, licenses, sales
from commands.menu.migrate import migrate
from commands.menu.products import check
from commands.menu.remap import remap
from commands.menu.resend import resend
from commands.menu.retry import retry
from commands.menu.show import show
from commands.menu.smoke import smoke
from commands.menu.verify import verify
from kit.exiting import end_with
from kit.umask import set_umask
from kit.version import VERSION
from torture.menu import torture

Commands: TypeAlias = Mapping[str, Callable[..., None]]

if TYPE_CHECKING:
    from pydantic import SecretStr
    from sqlalchemy import URL
    from temporalio.envconfig import ClientConnectConfig

    from db.engine import Database
    from relay.spool import Spool
    from storefronts.sample import SampleShop

CONTENTS: Mapping[str, Commands] = {
    "Run it": {
        "dev": dev,
        "demo": demo,
        "torture": torture,
        "migrate": migrate,
        "smoke": smoke,
    },
    "Look": {
        "show": show,
        "find": find,
        "events": events,
        "sales": sales,
        "licenses": licenses,
        "deliveries": deliveries,
    },
    "Act": {"retry": retry, "resend": resend, "remap": remap},
    "Check": {"verify": verify},
}
"""The commands by the panel of the help in which they stand."""

GROUPS: Mapping[str, tuple[str, Commands]] = {
    "products": ("The product mapping.", {"check": check}),
    "keys": ("Signing keys.", {"generate": generate, "list": list_keys, "revoke": revoke}),
}

Version = Annotated[bool, typer.Option("--version", metavar="", help="Show the version and exit.")]


def _tell_version(*, version: Version = False) -> None:
    if version:
        typer.echo(f"mintpost {VERSION}")
        raise typer.Exit


class FromSettings(Context):
    """Imports the settings and the parts that they describe once a command asks for them."""

    @property
    @override
    def sources(self) -> tuple[str, ...]:
        from storefronts.registry import SOURCES

        return SOURCES

    @override
    def open_database(self) -> AbstractContextManager["Database"]:
        from commands.database import opened
        from settings.database import DatabaseSettings
        from settings.loading import load

        settings = load(DatabaseSettings)
        return opened(settings.database(), settings.database_file())

    @override
    def private_database(self) -> tuple["URL", "SecretStr | None"]:
        from embedded.data_dir import make_private
        from settings.database import MigrateSettings
        from settings.loading import load
        from settings.private import require_private_data

        settings = load(MigrateSettings)
        if (file := settings.database_file()) is not None:
            make_private(file.parent, "DATA_DIR or DATABASE_URL")
        require_private_data(settings)
        return settings.database(), settings.api_database_password

    @override
    def private_folder(self, chosen: Path | None) -> tuple[Path, "URL"]:
        from embedded.data_dir import make_private
        from settings.database import KeeperSettings
        from settings.loading import load
        from settings.private import require_private_data

        settings = load(KeeperSettings)
        settings.data_dir = folder = (chosen or settings.data_dir).resolve()
        make_private(folder, None if chosen else "DATA_DIR")
        require_private_data(settings)
        return folder, settings.database()

    @override
    def spool(self) -> "Spool":
        from relay.spool import Spool
        from settings.database import DatabaseSettings
        from settings.loading import load

        return Spool(load(DatabaseSettings).data_dir / "spool")

    @override
    def temporal(self) -> "ClientConnectConfig":
        from settings.temporal_tls import usable_temporal_config

        return usable_temporal_config()

    @override
    def products_file(self) -> Path:
        from settings.loading import load
        from settings.products import ProductsSettings

        return load(ProductsSettings).products_file

    @override
    def sends_mail(self) -> bool:
        from settings.loading import load
        from settings.mail import MailSettings

        return load(MailSettings).postmark_token is not None

    @override
    def smoke_defaults(self) -> SmokeDefaults:
        from settings.loading import load
        from settings.smoke import SmokeSettings

        settings = load(SmokeSettings)
        return SmokeDefaults(
            operator=settings.operator_address(), products_file=settings.products_file
        )

    @override
    def sample_shop(self, secret: str | None) -> "SampleShop | None":
        from settings.loading import load
        from storefronts.registry import DEFAULT

        return DEFAULT.own_sample_shop(load, secret)

    @override
    def whole_environment(self) -> dict[str, str]:
        from settings.environment import whole_environment

        return whole_environment()

    @override
    def plain_environment(self) -> dict[str, str]:
        from settings.environment import plain_environment

        return plain_environment()


def _mounted() -> typer.Typer:
    app = typer.Typer(
        help="Mintpost turns a storefront sale into a delivered license, exactly once.",
        cls=QuietGroup,
        no_args_is_help=True,
        invoke_without_command=True,
        callback=_tell_version,
        add_completion=False,
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
        app(obj=FromSettings())


def process() -> NoReturn:
    """Be the `mintpost` command."""
    end_with(main)


if __name__ == "__main__":
    process()
