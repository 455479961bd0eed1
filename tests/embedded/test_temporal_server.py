"""The choice of the `temporal` binary and of its ports."""

import socket
import sys
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from google.protobuf.duration_pb2 import Duration
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, RegisterNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError

from embedded import temporal_server
from embedded.ports import HOST, PortTakenError, free_ports, require_free
from embedded.temporal_download import ensure_temporal
from embedded.temporal_server import TemporalMissingError, temporal_binary
from embedded.temporal_setup import set_retention
from tests.support.waiting import until


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Hide the command: not beside Python, not on PATH, not downloaded."""
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bin" / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(temporal_server, "DOWNLOADS", tmp_path / "downloads")
    return tmp_path


@pytest.mark.usefixtures("nowhere")
def test_a_missing_temporal_command_gives_a_sentence() -> None:
    with pytest.raises(TemporalMissingError, match="install Temporal's command line"):
        temporal_binary()


async def test_a_failed_download_gives_the_same_sentence(
    nowhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    await ensure_temporal()
    assert nowhere.joinpath("downloads").is_dir()
    with pytest.raises(TemporalMissingError, match="could not be downloaded"):
        temporal_binary()


def test_the_command_on_path_is_used(nowhere: Path) -> None:
    own = nowhere / "temporal"
    own.touch(mode=0o755)
    assert temporal_binary() == own


def test_only_a_complete_download_counts(nowhere: Path) -> None:
    downloads = nowhere / "downloads"
    downloads.mkdir()
    (downloads / "temporal-sdk-python-1.0.0.downloading").touch()
    with pytest.raises(TemporalMissingError):
        temporal_binary()
    whole = downloads / "temporal-sdk-python-1.0.0"
    whole.touch()
    assert temporal_binary() == whole


def test_a_taken_port_is_named_with_its_flag() -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        (free,) = free_ports(1)
        with pytest.raises(PortTakenError) as caught:
            require_free({"--port": free, "--ui-port": port})
    assert str(caught.value) == f"port {port} is taken: choose another with --ui-port"


def test_the_same_port_given_twice_counts_as_taken() -> None:
    (port,) = free_ports(1)
    with pytest.raises(PortTakenError, match="--ui-port"):
        require_free({"--port": port, "--ui-port": port})
    require_free({"--port": port})


async def retention(client: Client) -> timedelta:
    request = DescribeNamespaceRequest(namespace=client.namespace)
    found = await client.workflow_service.describe_namespace(request)
    return found.config.workflow_execution_retention_ttl.ToTimedelta()


async def test_histories_are_kept_for_ninety_days(client: Client) -> None:
    named = f"kept-{uuid4()}"
    day = Duration(seconds=86_400)
    await client.workflow_service.register_namespace(
        RegisterNamespaceRequest(namespace=named, workflow_execution_retention_period=day)
    )
    own = Client(client.service_client, namespace=named)

    async def known() -> timedelta | None:
        try:
            return await retention(own)
        except RPCError:
            return None  # A new namespace is not known everywhere at once.

    assert await until(known, "the namespace is known") == timedelta(days=1)
    await set_retention(own)
    assert await retention(own) == timedelta(days=90)
