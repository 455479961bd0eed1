"""Which `temporal` is run, and which ports are taken."""

import socket
import sys
from pathlib import Path

import pytest

from commands import temporal_server
from commands.ports import HOST, PortTakenError, free_ports, require_free
from commands.temporal_server import TemporalMissingError, provide_temporal, temporal_binary


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Be on a machine without the command: neither beside Python, nor on PATH, nor downloaded."""
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bin" / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(temporal_server, "DOWNLOADS", tmp_path / "downloads")
    return tmp_path


@pytest.mark.usefixtures("nowhere")
def test_a_missing_command_is_a_sentence() -> None:
    with pytest.raises(TemporalMissingError, match="install Temporal's command line"):
        temporal_binary()


async def test_a_download_that_fails_leaves_that_sentence(
    nowhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    await provide_temporal()
    assert nowhere.joinpath("downloads").is_dir()
    with pytest.raises(TemporalMissingError, match="could not be downloaded"):
        temporal_binary()


def test_the_one_on_path_will_do(nowhere: Path) -> None:
    own = nowhere / "temporal"
    own.touch(mode=0o755)
    assert temporal_binary() == own


def test_a_download_counts_when_it_is_whole(nowhere: Path) -> None:
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


def test_one_port_for_two_is_taken_by_the_first() -> None:
    (port,) = free_ports(1)
    with pytest.raises(PortTakenError, match="--ui-port"):
        require_free({"--port": port, "--ui-port": port})
    require_free({"--port": port})
