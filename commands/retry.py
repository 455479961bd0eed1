"""`mintpost retry`: wakes parked sales now, instead of at their next try."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from temporalio.envconfig import ClientConnectConfig

from commands.tables import console, tell
from db.engine import Database
from kit.refusals import RefusedError
from operations.following import Retried
from operations.retry import retry_orders

NONE = "no sale is parked"
NONE_WITH = "no parked sale has these words in its sentence: see `mintpost events --status parked`"


async def run_retry(
    config: ClientConnectConfig,
    database: Database,
    orders: Iterable[str] | None,
    where: str | None,
    patience: float,
) -> list[Retried]:
    return await retry_orders(config, database, orders, where, timedelta(seconds=patience))


def print_woken(woken: Sequence[Retried], where: str | None = None) -> None:
    for each in woken:
        tell(f"{each.workflow_id}  {each.sentence}")
    if not woken:
        console().print(NONE if where is None else NONE_WITH, style="dim")
    if not all(each.known for each in woken):
        raise RefusedError(
            "Temporal does not know every sale that you named; all that came in: `mintpost events`"
        )
