"""`mintpost replay`: runs failed sales again, and tells the result of each."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta

from temporalio.client import Client
from temporalio.envconfig import ClientConnectConfig
from temporalio.service import RPCError

from commands.asking import require_yes
from commands.tables import console, print_json, tell, warn
from db.engine import Database
from kit.asker import asker
from kit.refusals import RefusedError
from kit.temporal_outages import temporal_trouble
from operations.connecting import connected
from operations.replay.plans import Plan, Way, plan_failed, plan_named
from operations.replay.replaying import Replay, Replayed

NONE = "nothing has failed"
NONE_WITH = (
    "nothing that failed has these words in its sentence: see `mintpost events --status failed`"
)


@dataclass(frozen=True, slots=True)
class Wish:
    """The runs to replay: by name, or all failed ones with `where` in their sentence."""

    names: Sequence[str]
    where: str | None
    settled: bool
    dry_run: bool
    yes: bool
    as_json: bool
    patience: timedelta


def run_replay(wish: Wish, config: ClientConnectConfig, database: Database) -> None:
    try:
        asyncio.run(_replay(wish, config, database))
    except RPCError as error:
        raise RefusedError(temporal_trouble(error).sentence) from None


async def _replay(wish: Wish, config: ClientConnectConfig, database: Database) -> None:
    client = await connected(config)
    plans = await _plans(wish, client, database)
    if wish.dry_run:
        _print([_planned(plan) for plan in plans], wish)
        return
    count = sum(plan.way is not Way.NONE for plan in plans)
    if not wish.names and count:
        _tell(plans)
        require_yes(f"Replay {'this run' if count == 1 else f'these {count} runs'}?", yes=wish.yes)
    replayed = await Replay(client, database, asker()).do(plans, wish.patience)
    _print(replayed, wish)
    if wrong := sum(not each.went_well for each in replayed):
        raise RefusedError(f"{wrong} of {len(replayed)} did not end well")


async def _plans(wish: Wish, client: Client, database: Database) -> list[Plan]:
    if wish.names:
        return await plan_named(client, database, wish.names, settled=wish.settled)
    return await plan_failed(client, database, wish.where)


def _planned(plan: Plan) -> Replayed:
    would = "" if plan.way is Way.NONE else "would "
    return Replayed(plan.workflow_id, plan.way, None, f"{would}{plan.sentence}{_why(plan)}")


def _tell(plans: Sequence[Plan]) -> None:
    """Print the plans before the question, and beside the output."""
    for plan in plans:
        warn(f"{plan.workflow_id}  {_planned(plan).sentence}")


def _why(plan: Plan) -> str:
    """Return the end of a sentence about a failed run."""
    if plan.record is None or not plan.record.is_failed:
        return ""
    return f"; it failed: {plan.record.sentence}"


def _print(replayed: Sequence[Replayed], wish: Wish) -> None:
    if wish.as_json:
        print_json([asdict(each) for each in replayed])
        return
    for each in replayed:
        tell(f"{each.workflow_id}  {each.sentence}")
    if not replayed:
        console().print(NONE if wish.where is None else NONE_WITH, style="dim")
