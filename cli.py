"""The `mintpost` command: reads the settings, puts the parts together, and prints."""

import asyncio
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Concatenate, NoReturn, ParamSpec, TypeVar

import typer
from sqlalchemy.orm import Session

from commands import keys as keys_commands, lists, options
from commands.database import opened
from commands.demo import run_demo
from commands.dev import plan_dev, run_dev
from commands.exits import require_text, told_as_sentence
from commands.help import QuietCommand, QuietGroup
from commands.naming import sales_of
from commands.products import check_command, read_products
from commands.proof import print_checks
from commands.remap import remap_command
from commands.resend import print_resent, run_resend
from commands.retry import print_woken, run_retry
from commands.show import Places, run_show
from commands.smoke import SmokePlan, a_product, run_smoke
from commands.tables import SafeConsole, console
from commands.verify import verify_command
from db.engine import Database
from embedded.data_dir import make_private
from kit.exiting import end_with
from kit.refusals import RefusedError
from operations.migrate import migrate_database, register_search_attributes
from relay.spool import Spool
from settings import (
    DatabaseSettings,
    KeeperSettings,
    MailSettings,
    MigrateSettings,
    ProductsSettings,
    SettingsError,
    SmokeSettings,
    load,
    plain_environment,
    require_private_data,
    set_umask,
    usable_temporal_config as temporal_config,
    whole_environment,
)
from storefronts import STOREFRONTS
from torture.command import TortureOptions, run_torture

app = typer.Typer(
    help="Mintpost turns a storefront sale into a delivered license, exactly once.",
    no_args_is_help=True,
    cls=QuietGroup,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
products = typer.Typer(help="The product mapping.", cls=QuietGroup, no_args_is_help=True)
keys = typer.Typer(help="Signing keys.", cls=QuietGroup, no_args_is_help=True)
app.add_typer(products, name="products", rich_help_panel="Check")
app.add_typer(keys, name="keys", rich_help_panel="Check")
to_run = partial(app.command, cls=QuietCommand, rich_help_panel="Run it")
to_act = partial(app.command, cls=QuietCommand, rich_help_panel="Act")
to_look = partial(app.command, cls=QuietCommand, rich_help_panel="Look")
to_check = partial(app.command, cls=QuietCommand, rich_help_panel="Check")

P = ParamSpec("P")
R = TypeVar("R")

SOURCES = tuple(storefront.name for storefront in STOREFRONTS)


@to_run()
def dev(
    port: options.ApiPort = 8000,
    temporal_port: options.TemporalPort = 7233,
    ui_port: options.UiPort = 8233,
    data_dir: options.DataDir = None,
) -> None:
    """Run the whole embedded stack until Ctrl-C: migrations, Temporal, worker, API."""
    settings = load(KeeperSettings)
    settings.data_dir = folder = (data_dir or settings.data_dir).resolve()
    make_private(folder, None if data_dir else "DATA_DIR")
    require_private_data(settings)
    plan = plan_dev(folder, port, temporal_port, ui_port, whole_environment())
    asyncio.run(run_dev(plan, settings.database(), SafeConsole()))


@to_run()
def demo(*, keep: options.Keep = False) -> None:
    """Show one sale from webhook to inbox, on free ports and in a temporary folder."""
    asyncio.run(run_demo(plain_environment(), SafeConsole(), keep=keep))


@to_run("torture")
def torture_command(
    sales: options.Sales = 200,
    seed: options.Seed = None,
    minutes: options.Minutes = 0,
    *,
    postgres: options.Postgres = False,
    keep: options.KeepFiles = False,
) -> None:
    """Kill, stop and break a real stack while it sells, and count what was lost or doubled."""
    chosen = TortureOptions(sales, seed, minutes, postgres=postgres, keep=keep)
    asyncio.run(run_torture(chosen, plain_environment(), SafeConsole()))


@to_run("migrate")
def migrate_command() -> None:
    """Take the database to the newest migration, and register Temporal's search attributes."""
    settings = load(MigrateSettings)
    if (file := settings.database_file()) is not None:
        make_private(file.parent, "DATA_DIR or DATABASE_URL")
    require_private_data(settings)
    name = migrate_database(settings.database(), settings.api_database_password)
    print(f"the database is at migration {name}")
    print(asyncio.run(register_search_attributes(temporal_config())))


@to_run()
def smoke(
    url: options.Url,
    secret: options.Secret = None,
    to: options.To = None,
    patience: options.Patience = 60,
) -> None:
    """Send a synthetic test sale through a running stack, and check what comes of it."""
    settings = load(SmokeSettings)
    receiver = to or settings.operator_address()
    if receiver is None:
        raise RefusedError("nobody to mail: give --to, or set OPERATOR_EMAIL")
    secrets = tuple(secret.split(",")) if secret else settings.gumroad_secrets()
    if not secrets:
        raise RefusedError("no secret: give --secret, or set GUMROAD_WEBHOOK_SECRET")
    plan = SmokePlan(
        url=url,
        secret=secrets[0].strip(),
        to=receiver,
        offer=a_product(read_products(settings.products_file, SOURCES)),
        seller_id=settings.gumroad_seller_id,
        patience=timedelta(seconds=patience),
    )
    with _database() as database:
        checks = asyncio.run(run_smoke(plan, database))
    if not print_checks(checks, console()):
        raise RefusedError("the smoke test failed")


@to_look()
def show(order: options.Order, *, as_json: options.ShowAsJson = False) -> None:
    """Show one sale whole: events, license, e-mails, workflow, and what it waits for."""
    spool = Spool(load(DatabaseSettings).data_dir / "spool")
    places = Places(SOURCES, spool, _database, temporal_config())
    asyncio.run(run_show(order.strip(), places, as_json=as_json))


@to_look()
def find(
    text: options.Complaint, limit: options.Limit = 50, *, as_json: options.AsJson = False
) -> None:
    """Find the sales that a buyer's complaint may mean."""
    lists.print_list(lists.SALES, sales_of(_database, text.strip(), limit), as_json=as_json)


@to_act()
def retry(
    orders: options.Orders = None,
    *,
    every: options.Every = False,
    where: options.Where = None,
    patience: options.Watch = 10,
) -> None:
    """Wake parked sales now, and tell what happened to each."""
    if bool(orders) == every:
        raise RefusedError("name the sales to wake, or give --all")
    with _database() as database:
        print_woken(asyncio.run(run_retry(temporal_config(), database, orders, where, patience)))


@to_act()
def resend(
    order: options.AnOrder = None,
    *,
    to: options.CorrectedTo = None,
    reason: options.Reason = None,
    status: options.OnlyLogged = None,
    patience: options.Watch = 15,
) -> None:
    """Send a license e-mail once more, to a corrected address if one is given."""
    if (order is None) == (status is None) or status not in {None, "logged"}:
        raise RefusedError("name the sale whose mail to send, or give --status logged")
    if status is not None and load(MailSettings).postmark_token is None:
        raise RefusedError("POSTMARK_TOKEN is not set: the mails would only be logged again")
    with _database() as database:
        found = asyncio.run(run_resend(database, order, to, reason, patience))
    print_resent(order, found)


def _database() -> AbstractContextManager[Database]:
    settings = load(DatabaseSettings)
    return opened(settings.database(), settings.database_file())


def _products_file() -> Path:
    return load(ProductsSettings).products_file


def _read(query: Callable[Concatenate[Session, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
    with _database() as database:
        return database.read_here(query, *args, **kwargs)


def _add_list(which: lists.ListOf[lists.Line]) -> None:
    command = to_look(which.name, help=f"List {which.what}, newest first.")
    command(lists.list_command(which, SOURCES, _read))


keys.command("generate", cls=QuietCommand)(keys_commands.generate)
keys.command("list", cls=QuietCommand)(keys_commands.list_command(_database))
revoke = keys.command("revoke", cls=QuietCommand, context_settings=keys_commands.ANY_KID)
revoke(keys_commands.revoke_command(_database))
to_check("verify")(verify_command(_database))
_add_list(lists.EVENTS)
_add_list(lists.SALES)
_add_list(lists.LICENSES)
_add_list(lists.DELIVERIES)
products.command("check", cls=QuietCommand)(check_command(_products_file, SOURCES))
to_act("remap")(remap_command(_products_file, SOURCES, _database))


def main() -> None:
    """Run the command; whatever a person can mend ends it as a sentence."""
    set_umask()
    with told_as_sentence(SettingsError):
        require_text(sys.argv)
        app()


def process() -> NoReturn:
    """Be the `mintpost` command."""
    end_with(main)


if __name__ == "__main__":
    process()
