"""The process that does the work: parses, mints, e-mails, closes, and signs. `python worker.py`."""

from kit.garbage import collect_garbage  # isort: split

import asyncio
import logging
import signal
import sys
from collections.abc import Callable, Iterable, Iterator

from temporalio.envconfig import ClientConnectConfig
from temporalio.worker import Worker

from activities.answer_keys import AnswerKeySigner
from activities.digests import DigestMailer
from activities.revocations import RevocationSigner
from activities.tokens import TokenSigner
from db.engine import Database
from db.migrated import WrongMigrationError, check_migrated
from db.signing_keys import KnownKey, use_key
from domain.errors import SigningKeyRevokedError
from kit.clock import utc_now
from kit.connecting import connect
from kit.environment import SettingsError
from kit.exiting import end_with
from kit.heartbeat import Heartbeat
from kit.instruments import OF_WORKER
from kit.logs import set_up_logs
from kit.loop import BackgroundLoop
from kit.metrics_address import WORKER as METRICS
from kit.metrics_server import serve_metrics
from kit.sdk_runtime import sdk_runtime
from kit.temporal_outages import TemporalRefusesError, temporal_trouble
from kit.tracing import end_tracing, set_up_tracing
from kit.umask import set_umask
from kit.waiting import retry_until_available
from licensing.signing import Signer
from worker_parts import WorkerParts, build_worker, configured, log_format

logger = logging.getLogger("mintpost.worker")


async def run(parts: WorkerParts, temporal: ClientConnectConfig) -> None:
    """Work until SIGTERM or SIGINT; finish what is under way before that."""
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    stopping = asyncio.create_task(stopped.wait())
    observe(parts)
    tokens = TokenSigner(parts.database, parts.signer)
    digests = DigestMailer(parts.database, parts.mailer, parts.operator)
    loops: list[asyncio.Task[None]] = []
    starting = asyncio.create_task(
        start(
            parts,
            temporal,
            changed=tokens.wake,
            # Before Temporal is reached, because a digest may tell that Temporal is away.
            database_ready=lambda: loops.append(asyncio.create_task(digests.run())),
        )
    )
    await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if not starting.done():
        starting.cancel()
        return
    worker = starting.result()
    loops += [asyncio.create_task(each.run()) for each in beside(worker, parts, tokens)]
    await work(worker, loops, stopping)
    await parts.mailer.aclose()
    await asyncio.to_thread(end_tracing)


def observe(parts: WorkerParts) -> None:
    """Turn on traces and metrics, where the settings ask for them."""
    if parts.traces is not None:
        set_up_tracing(parts.traces, "worker")
    if parts.metrics is not None:
        serve_metrics(parts.metrics, METRICS, OF_WORKER)


def beside(
    worker: Worker, parts: WorkerParts, tokens: TokenSigner
) -> Iterator[BackgroundLoop | Heartbeat]:
    """Yield the loops that run beside the steps."""
    yield tokens
    for signer in (RevocationSigner, AnswerKeySigner):
        yield signer(parts.database, parts.signer)
    if parts.health_file is not None:
        yield Heartbeat(parts.health_file, worker.client, worker.task_queue)


async def work(
    worker: Worker, loops: Iterable[asyncio.Task[None]], stopping: asyncio.Task[bool]
) -> None:
    """Run the worker until it is asked to stop; then end its loops, and let its steps end."""
    working = asyncio.create_task(worker.run())
    logger.info("working on task queue %s", worker.task_queue)
    await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
    logger.info("stopping; what is under way is finished first")
    for task in loops:
        task.cancel()
    await worker.shutdown()
    try:
        await working
    except RuntimeError as error:
        # How the SDK tells that Temporal refuses a worker that it took before.
        raise TemporalRefusesError(temporal_trouble(error).sentence) from None


async def start(
    parts: WorkerParts,
    temporal: ClientConnectConfig,
    changed: Callable[[], None],
    database_ready: Callable[[], None],
) -> Worker:
    """Put the worker together, waiting for a database and a Temporal that are away."""
    await retry_until_available(lambda: ready_database(parts.database, parts.signer))
    database_ready()
    runtime = sdk_runtime(parts.metrics)
    client = await retry_until_available(lambda: connect(temporal, runtime))
    return build_worker(client, parts, changed=changed)


async def ready_database(database: Database, signer: Signer) -> None:
    await asyncio.to_thread(check_migrated, database.engine)
    key = signer.public_key
    await database.write(use_key, KnownKey(key.kid, key.x), utc_now())


def main(build: Callable[[], tuple[WorkerParts, ClientConnectConfig]] = configured) -> None:
    set_umask()
    set_up_logs(log_format())
    # Each failure is told once, as its sentence; the SDK would add a traceback of our own code.
    logging.getLogger("temporalio.activity").setLevel(logging.ERROR)
    # A line for each request to the mail provider tells nothing that ours do not.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    try:
        built = build()
        collect_garbage()
        asyncio.run(run(*built))
    except (
        SettingsError,
        SigningKeyRevokedError,
        TemporalRefusesError,
        WrongMigrationError,
    ) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    end_with(main)
