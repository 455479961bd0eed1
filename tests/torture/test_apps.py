"""The apps of a round, on a real API of their own."""

import sys
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from rich.console import Console
from sqlalchemy import URL, update
from sqlalchemy.orm import Session
from temporalio.client import Client
from typing_extensions import override

from db.engine import Database, open_engine
from db.tables import EventRow, RequestRow
from embedded.isolated_plan import plan_isolated_stack
from embedded.ports import HOST
from embedded.stack import Stack
from fakes.postmark import FakePostmark
from settings.environment import plain_environment
from tests.db.rows import sale_of
from tests.support.online import sell
from tests.support.processes import REPOSITORY
from tests.torture.conftest import SWITCHES
from tests.torture.shops import SHOP
from tests.torture.stores import CopiedStore
from torture.app_plan import APPS, DEVICES, PlannedApp, Verb, planned_apps
from torture.orders import MEMBERSHIPS, SOME_DAY, Order, make_orders
from torture.plan import Schedule, make_schedule
from torture.quiet import QuietPatience
from torture.report import ProgressReporter, Result
from torture.run import Arena, torture
from torture.traffic import OK, sender_client

ORDER = Order("torture-1-sale", "buyer@example.com")
NEVER_SOLD = Order("torture-1-never", "buyer@example.com")
SEATS = 2


class ApiAlone(Stack):
    """An API without a worker and Temporal, because both take seconds to start."""

    @override
    async def start(self) -> None:
        uvicorn = [sys.executable, "-m", "uvicorn", "--factory", "api.app:create_app"]
        await self.spawn("api", [*uvicorn, "--host", HOST, "--port", str(self.plan.port)])
        await self.until("the API", self.api_is_ready)

    @override
    async def api_is_ready(self) -> bool | None:
        with suppress(httpx.TransportError):
            async with sender_client() as http:
                return (await http.get(f"{self.plan.url}/healthz")).status_code == OK
        return None


def settle(session: Session) -> None:
    """Leave no work to a worker that is not there."""
    session.execute(update(EventRow).values(outcome="fulfilled"))
    session.execute(update(RequestRow).values(body=b"url_params[mark]=1"))


async def played(folder: Path, template: URL, path: str, apps: tuple[PlannedApp, ...]) -> Result:
    """Play a round of questions about one license of two seats."""
    store = CopiedStore(folder / "mintpost.db", Path(str(template.database)))
    store.prepare()
    database = Database(open_engine(store.url))
    sell(database, sale_of(ORDER.order_id), product_id="torture")
    database.write_here(settle)
    environment = {
        **plain_environment(),
        "PYTHONPATH": path,
        "DATABASE_URL": store.url.render_as_string(hide_password=False),
    }
    plan = plan_isolated_stack(folder, SHOP.products, environment)
    client = await Client.connect(plan.temporal_address, lazy=True)
    schedule = Schedule(1, "torture-1-", (), (), (), apps=apps)
    quiet = QuietPatience(look=0.01, no_progress=0.1)
    async with FakePostmark() as postmark, sender_client() as http, ApiAlone(plan) as stack:
        place = Arena(folder, store, stack, postmark, database, client, http, SHOP)
        reporter = ProgressReporter(Console(quiet=True))
        result = await torture(schedule, place, reporter, (), quiet)
    database.dispose()
    return result


async def test_broken_limit_is_a_breach(sqlite: URL, tmp_path: Path) -> None:
    path = f"{SWITCHES / 'no_limit'}:{REPOSITORY}"
    most = SEATS * DEVICES
    apps = (
        *(PlannedApp(0, ORDER, f"device-{each}", (Verb.ACTIVATE,), 0) for each in range(most + 1)),
        PlannedApp(0, NEVER_SOLD, "device-0", (Verb.ACTIVATE,), 0),
    )
    result = await played(tmp_path, sqlite, path, apps)
    (breach,) = result.breaches
    assert (breach.kind, breach.order_id) == ("wrong answers", ORDER.order_id)
    assert breach.what == f"it had {most + 1} devices, and {most} is right"


def test_apps_compete_for_the_places_of_sales_with_and_without_a_membership() -> None:
    orders = tuple(make_orders("torture-1-", 4 * MEMBERSHIPS, SOME_DAY))
    apps = tuple(planned_apps(orders, 5, 1))
    asked = {app.order.order_id: app.order for app in apps}.values()
    assert {app.order.charge for app in apps} == {0}
    assert {order.subscription_id is None for order in asked} == {True, False}
    assert len(apps) == APPS * len(asked)
    assert APPS > DEVICES


@pytest.mark.parametrize("verb", Verb)
def test_every_question_is_asked_in_a_round(verb: Verb) -> None:
    schedule = make_schedule(1, 16)
    assert any(verb in app.verbs for app in schedule.apps)
    assert schedule.apps == make_schedule(1, 16).apps
    assert schedule.apps != make_schedule(2, 16).apps
