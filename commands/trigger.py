"""`mintpost trigger`: a made-up event of a storefront, and its results."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from shlex import quote

import httpx
from rich.text import Text

from commands.lists import DELIVERIES, EVENTS, LICENSES, Line, ListOf, print_list
from commands.tables import SafeConsole, console, print_json
from db.engine import Database
from domain.advice import advised, command
from domain.catalog import Catalog
from kit.refusals import RefusedError
from operations.checks import SampleSender
from operations.trigger import Trigger, Triggered
from operations.wished_events import Wish
from storefronts.registry import package_of
from storefronts.sample import SampleRequest, SampleShop

DEV_ADDRESS = "http://127.0.0.1:8000"


@dataclass(frozen=True, slots=True)
class Target:
    """The stack to call. `url` None: that of `mintpost dev`, at `dev_address` or as usual.

    `keep_answers` tells `mintpost dev` the answers of the shop's API.
    """

    url: str | None
    dev_address: str | None
    sample_shop: SampleShop
    catalog: Callable[[], Catalog]
    patience: timedelta
    keep_answers: Callable[[SampleRequest], None]

    @property
    def address(self) -> str:
        return (self.url or self.dev_address or DEV_ADDRESS).rstrip("/")


async def run_trigger(target: Target, wish: Wish, database: Database) -> Triggered:
    """Send the event and wait for its outcome. Raises RefusedError."""
    # A proxy cannot reach this machine's own addresses.
    async with httpx.AsyncClient(trust_env=target.url is not None) as http:
        package = package_of(wish.source)
        sender = SampleSender(http, target.address, database, target.sample_shop, package)
        try:
            trigger = Trigger(
                sender, target.catalog, _tell, target.patience, keep_answers=target.keep_answers
            )
            return await trigger.send(wish)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            raise RefusedError(_unreachable(target, type(error).__name__)) from None


def _unreachable(target: Target, kind: str) -> str:
    if target.url is not None:
        doctor = advised("doctor", options=["--url", quote(target.url)])
        return f"the API cannot be reached at {target.url} ({kind}): {doctor} tells more"
    return (
        f"no `mintpost dev` answers at {target.address} ({kind}): give the address of your API by "
        "--url, or start one in another terminal: `mintpost dev`"
    )


def _tell(sentence: str) -> None:
    SafeConsole(stderr=True).print(Text(sentence, style="dim"), soft_wrap=True)


def print_triggered(done: Triggered, *, as_json: bool) -> None:
    if as_json:
        print_json([asdict(done.event)])
        return
    _print("event", EVENTS, [done.event])
    _print("license", LICENSES, done.licenses)
    _print("e-mail", DELIVERIES, done.mails)
    console().print(Text(f"\n{command('show', done.reference)}  # tells more"), soft_wrap=True)


def _print(title: str, which: ListOf[Line], lines: list[Line]) -> None:
    if lines:
        console().print(f"[bold]{title}[/]")
        print_list(which, lines, as_json=False)
