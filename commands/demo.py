"""`mintpost demo`: one sale from webhook to inbox, shown as it happens and checked."""

import asyncio
import tempfile
from collections.abc import Mapping
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from time import monotonic
from urllib.parse import quote

import httpx
from rich.console import Console
from rich.panel import Panel
from rich.text import Text
from sqlalchemy import URL

from commands.proof import print_checks
from db.engine import Database, open_engine
from db.views.timeline import Step, trace_order
from domain.identifiers import order_reference
from embedded.isolated_plan import plan_isolated_stack
from embedded.ports import NO_TLS
from embedded.stack import Stack, StackPlan
from kit.clock import utc_now
from kit.refusals import RefusedError
from kit.signals import stopped_by_signals
from operations.checks import (
    LOOK,
    Check,
    SampleSender,
    check_repetition,
    check_sale,
    check_stranger,
    check_token,
)
from operations.migrate import migrate_database
from storefronts.registry import DEFAULT
from storefronts.sample import SampleSale

PATIENCE = timedelta(seconds=30)
REPORT = "please report this; to look around in it: `mintpost demo --keep`"

PRODUCTS = f"""\
{DEFAULT.name}:
  - product_id: "fEv7TDvUDEKb-yaNdbudow=="
    name: Lumen Editor 3
    tier: core
    years: 1
    activate: https://lumenapp.example/activate
"""


class DemoFailedError(RefusedError):
    """A check of the demonstration failed."""


async def run_demo(environment: Mapping[str, str], console: Console, *, keep: bool) -> None:
    """Run the demonstration in a new folder, and keep the folder. Raises DemoFailedError.

    `environment` holds none of Mintpost's own variables, because a real token would send mail.
    """
    data_dir = Path(tempfile.mkdtemp(prefix="mintpost-demo-"))
    plan = _plan(data_dir, environment)
    began = monotonic()
    url = URL.create("sqlite", database=str(data_dir / "mintpost.db"))
    await asyncio.to_thread(migrate_database, url)
    console.print("Starting Temporal, the worker and the API …", style="dim")
    database, holds = Database(open_engine(url)), None
    with stopped_by_signals():
        async with (
            Stack(plan) as stack,
            httpx.AsyncClient(trust_env=False, verify=NO_TLS) as http,
        ):
            console.print(f"Ready after {monotonic() - began:.1f} s.\n", style="dim")
            sample_shop = DEFAULT.sample_shop(plan.environment[DEFAULT.secret_variable])
            shop = SampleSender(http, plan.url, database, sample_shop)
            holds = await _sell(shop, plan, console, keep=keep)
            if keep:
                console.print("\nCtrl-C stops it all.", style="dim")
                await stack.watch()
    if holds is None:
        raise RefusedError("the demonstration was stopped early; to begin anew: `mintpost demo`")
    if not holds:
        raise DemoFailedError(f"the demonstration did not show what it promises; {REPORT}")


async def _sell(shop: SampleSender, plan: StackPlan, console: Console, *, keep: bool) -> bool:
    """Sell one license, show each step, and return if every check holds."""
    sample = _sample(shop.sample_shop.new_order_id())
    console.print(f"[bold]A customer buys, and {DEFAULT.title} calls the webhook[/]")
    sent_at = monotonic()
    answer = await shop.send(sample)
    answered = f"answered {answer.status_code} after {(monotonic() - sent_at) * 1000:.0f} ms"
    await _show_steps(shop, sample, answered, console)
    mail = _read_mail(plan.data_dir / "outbox")
    _show_mail(mail, console)
    _show_places(plan, sample, console, keep=keep)
    console.print("\n[bold]What holds[/]")
    return print_checks(await _checks(shop, sample, mail), console)


async def _show_steps(
    shop: SampleSender, sample: SampleSale, answered: str, console: Console
) -> None:
    shown = 0
    deadline = monotonic() + PATIENCE.total_seconds()
    while monotonic() < deadline:
        steps = await shop.database.read(trace_order, DEFAULT.name, sample.order_id)
        for step in steps[shown:]:
            if step.at is None:
                break
            _show_step(step, f"{step.detail}, {answered}" if shown == 0 else step.detail, console)
            shown += 1
        if steps and shown == len(steps):
            return
        await asyncio.sleep(LOOK.total_seconds())
    late = f"the sale was not done after {PATIENCE.total_seconds():g} s"
    raise DemoFailedError(f"{late}; on a busy machine, try again: `mintpost demo`")


def _show_step(step: Step, detail: str, console: Console) -> None:
    time = "" if step.at is None else f"{step.at:%H:%M:%S.%f}"[:-3]
    console.print(f"  [dim]{time}[/]  [green]{step.name:<17}[/]", Text(detail), soft_wrap=True)


def _read_mail(outbox: Path) -> EmailMessage:
    return message_from_bytes((outbox / "delivery-1.eml").read_bytes(), policy=default)


def _show_mail(mail: EmailMessage, console: Console) -> None:
    body = mail.get_body(("plain",))
    text = "" if body is None else body.get_content().strip()
    names = [part.get_filename() or "" for part in mail.iter_attachments()]
    title = Text(f"{mail['Subject']}  →  {mail['To']}")
    attached = Text(f"attached: {', '.join(names)}")
    console.print()
    console.print(Panel(Text(text), title=title, subtitle=attached, padding=(1, 2), width=84))


def _show_places(plan: StackPlan, sample: SampleSale, console: Console, *, keep: bool) -> None:
    run = quote(order_reference(DEFAULT.name, sample.order_id), safe="")
    places = {
        "The e-mail": plan.data_dir / "outbox" / "delivery-1.eml",
        "… as a page": plan.data_dir / "outbox" / "delivery-1.html",
        "Web UI": f"{plan.ui_url}/namespaces/default/workflows/{run}",
    }
    console.print()
    for name, place in places.items():
        console.print(f"  {name:<12}", Text(str(place)), highlight=False, soft_wrap=True)
    if not keep:
        ends = "stops in a moment; `mintpost demo --keep` leaves it up"
        console.print(f"  {'':<12} {ends}", style="dim", highlight=False)


async def _checks(shop: SampleSender, sample: SampleSale, mail: EmailMessage) -> list[Check]:
    token = "".join(
        part.get_content().decode()
        for part in mail.iter_attachments()
        if part.get_filename() == "license.jwt"
    )
    return [
        *await check_sale(shop, sample),
        await check_token(shop, token),
        await check_repetition(shop, sample, PATIENCE),
        await check_stranger(shop, sample),
    ]


def _sample(order_id: str) -> SampleSale:
    return SampleSale(
        order_id=order_id,
        product_id="fEv7TDvUDEKb-yaNdbudow==",
        product_name="Lumen Editor 3",
        email="ada.buyer@example.com",
        name="Ada Buyer",
        sold_at=utc_now(),
    )


def _plan(data_dir: Path, environment: Mapping[str, str]) -> StackPlan:
    shop = {
        "EMAIL_FROM": "Lumen <hello@lumenapp.example>",
        "EMAIL_REPLY_TO": "hello@lumenapp.example",
    }
    return plan_isolated_stack(data_dir, PRODUCTS, {**environment, **shop})
