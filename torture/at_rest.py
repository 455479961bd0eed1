"""The list of Temporal and the alerts, as an operator is shown them once a round is at rest."""

from dataclasses import dataclass
from datetime import timedelta

from temporalio.client import Client

from db.engine import Database
from db.views.bounces import lost_mails
from domain.findings import Finding
from kit.clock import utc_now
from operations.alerts.finding import SaleFinder
from workflows.names import SALE_STATE

AT_ONCE = timedelta(0)
"""An alert here waits for nothing, because at rest nothing goes on."""


@dataclass(frozen=True, slots=True)
class AtRest:
    """`listed` are the runs that Temporal lists by their `SaleState`, each with its state.

    `alarms` are the alerts about sales that wait or failed, and `returned` the deliveries that
    the alerts tell as bounced or called spam.
    """

    listed: tuple[tuple[str, str], ...] = ()
    alarms: tuple[Finding, ...] = ()
    returned: frozenset[int] = frozenset()


async def look_at_rest(database: Database, client: Client) -> AtRest:
    finder = SaleFinder(database, AT_ONCE)
    asked = [await find() for find in (finder.waiting, finder.unsent, finder.residue)]
    returned = await database.read(lost_mails, utc_now())
    return AtRest(
        listed=await states_left(client),
        alarms=tuple(finding for found in asked for finding in found),
        returned=frozenset(each.delivery_id for each in returned),
    )


async def states_left(client: Client) -> tuple[tuple[str, str], ...]:
    """Return the runs with a state. An earlier run keeps its own, so the latest run counts."""
    listed = client.list_workflows(f"{SALE_STATE.name} IS NOT NULL")
    names = dict.fromkeys([each.id async for each in listed])
    runs = [await client.get_workflow_handle(name).describe() for name in names]
    states = [(run.id, run.typed_search_attributes.get(SALE_STATE)) for run in runs]
    return tuple((name, state) for name, state in states if state is not None)
