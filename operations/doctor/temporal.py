"""Checks Temporal: the namespace, how long it keeps runs, its search attributes, and the worker."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from shlex import quote

from google.protobuf.duration_pb2 import Duration
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.api.taskqueue.v1 import PollerInfo
from temporalio.api.workflowservice.v1 import (
    DescribeNamespaceRequest,
    GetSystemInfoRequest,
)
from temporalio.client import Client
from temporalio.envconfig import ClientConnectConfig
from temporalio.service import RPCError

from domain.advice import START_WORKER
from domain.findings import Finding, broken, ok, unchecked, warning
from kit.clock import Clock, utc_now
from kit.pollers import Pollers
from kit.temporal_outages import temporal_trouble
from kit.version import VERSION
from operations.doctor.sentences import divided
from workflows.attribute_names import ATTRIBUTE_NAMES
from workflows.names import TASK_QUEUE

TEMPORAL, RETENTION, ATTRIBUTES, WORKER = "temporal", "retention", "search attributes", "worker"
SHORT = timedelta(days=30)
WISHED = "90d"


@dataclass(frozen=True, slots=True)
class TemporalCheck:
    config: ClientConnectConfig
    patience: timedelta = timedelta(seconds=4)
    task_queue: str = TASK_QUEUE
    clock: Clock = utc_now

    async def findings(self) -> Sequence[Finding]:
        try:
            async with asyncio.timeout(self.patience.total_seconds()):
                client = await Client.connect(**self.config)
                about = await self._temporal(client)
        except (RPCError, RuntimeError, TimeoutError) as error:
            why = divided(temporal_trouble(error).sentence, "check TEMPORAL_ADDRESS")
            others = (RETENTION, ATTRIBUTES, WORKER)
            return [
                broken(TEMPORAL, *why),
                *(unchecked(part, "Temporal cannot be asked") for part in others),
            ]
        return [*about, await self._attributes(client), *await self._worker(client)]

    async def _temporal(self, client: Client) -> list[Finding]:
        service, limit = client.workflow_service, self.patience
        system = await service.get_system_info(GetSystemInfoRequest(), timeout=limit)
        asked = DescribeNamespaceRequest(namespace=client.namespace)
        found = await service.describe_namespace(asked, timeout=limit)
        told = f"server {system.server_version} has the namespace {client.namespace}"
        kept = found.config.workflow_execution_retention_ttl
        return [ok(TEMPORAL, told), _retention(kept, client.namespace)]

    async def _attributes(self, client: Client) -> Finding:
        asked = ListSearchAttributesRequest(namespace=client.namespace)
        try:
            found = await client.operator_service.list_search_attributes(
                asked, timeout=self.patience
            )
        except (RPCError, RuntimeError) as error:
            status = getattr(getattr(error, "status", None), "name", type(error).__name__)
            return unchecked(ATTRIBUTES, f"Temporal does not list them here ({status})")
        missing = [name for name in ATTRIBUTE_NAMES if name not in found.custom_attributes]
        if missing:
            told = f"Temporal does not know {', '.join(missing)}, so its Web UI cannot filter by it"
            return warning(ATTRIBUTES, told, "mintpost migrate")
        return ok(ATTRIBUTES, f"{', '.join(ATTRIBUTE_NAMES)} are registered")

    async def _worker(self, client: Client) -> list[Finding]:
        try:
            polling = await Pollers(client, self.task_queue, self.patience, self.clock).recent()
        except (RPCError, RuntimeError):
            return [unchecked(WORKER, "Temporal does not tell who polls the task queue")]
        if idle := [kind for kind, pollers in polling.items() if not pollers]:
            told = f"nobody asks Temporal for {' and '.join(idle)}, so sales wait"
            return [broken(WORKER, told, START_WORKER)]
        return [_versions([each for pollers in polling.values() for each in pollers])]


def _retention(kept: Duration, namespace: str) -> Finding:
    days = kept.ToTimedelta().days
    if kept.ToTimedelta() >= SHORT:
        return ok(RETENTION, f"Temporal keeps a finished run for {days} days")
    # Licenses stay unique without it, because the database has constraints.
    told = f"Temporal keeps a finished run for {days} days, so older sales cannot be reset"
    update = "temporal operator namespace update --namespace"
    return warning(RETENTION, told, f"{update} {quote(namespace)} --retention {WISHED}")


def _versions(pollers: Sequence[PollerInfo]) -> Finding:
    builds = sorted({each.worker_version_capabilities.build_id for each in pollers} - {""})
    workers = len({each.identity for each in pollers})
    polls = "1 worker polls" if workers == 1 else f"{workers} workers poll"
    if {*builds} - {VERSION}:
        told = f"{polls}, of version {', '.join(builds)}, and this command is of {VERSION}"
        return warning(WORKER, told, f"start the worker of version {VERSION}: {START_WORKER}")
    return ok(WORKER, f"{polls}, of version {', '.join(builds) or 'unknown'}")
