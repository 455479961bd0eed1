"""The units of docs/systemd: systemd accepts them, and they confine each process."""

import re
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from embedded.child_environment import API, WORKER
from worker_parts import GRACE

ROOT = Path(__file__).parent.parent.parent
UNITS = {
    file.stem.removeprefix("mintpost-"): file
    for file in sorted((ROOT / "docs" / "systemd").glob("*.service"))
}
CLOSED = {
    "NoNewPrivileges=yes",
    "PrivateTmp=yes",
    "ProtectHome=yes",
    "ProtectSystem=strict",
    "CapabilityBoundingSet=",
    "UMask=0077",
    "StateDirectoryMode=0700",
}
MOST_EXPOSED = 20
"""Of 100, as `systemd-analyze security` counts; an ordinary service has 96."""

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed"
)


def lines(name: str) -> list[str]:
    return UNITS[name].read_text().replace("\\\n", " ").splitlines()


def values(name: str, key: str) -> list[str]:
    return [line.partition("=")[2] for line in lines(name) if line.startswith(f"{key}=")]


@pytest.fixture
def installed(tmp_path: Path) -> list[Path]:
    """Return the units with programs that exist here, because systemd looks for them."""
    program = tmp_path / "program"
    program.touch(mode=0o755)
    units = []
    for file in UNITS.values():
        text = re.sub(r"(?<=^ExecStart=)\S+", str(program), file.read_text(), flags=re.MULTILINE)
        unit = tmp_path / file.name
        unit.write_text(text.replace("file:///opt/mintpost", f"file://{ROOT}"))
        units.append(unit)
    return units


def test_there_are_three_units() -> None:
    assert set(UNITS) == {"api", "migrate", "worker"}


@needs_systemd
def test_systemd_finds_no_mistake_in_a_unit(installed: list[Path]) -> None:
    command = ["systemd-analyze", "verify", "--man=no", *map(str, installed)]
    done = subprocess.run(command, capture_output=True, check=False, text=True)  # noqa: S603 - our own units
    assert (done.stdout + done.stderr, done.returncode) == ("", 0)


@needs_systemd
def test_systemd_finds_every_unit_confined(installed: list[Path]) -> None:
    for unit in installed:
        command = ["systemd-analyze", "security", "--offline=true", f"--threshold={MOST_EXPOSED}"]
        done = subprocess.run([*command, str(unit)], capture_output=True, check=False, text=True)  # noqa: S603 - as above
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", sorted(UNITS))
def test_a_unit_gives_its_process_no_more_than_it_needs(name: str) -> None:
    assert set(lines(name)) >= CLOSED
    user = values(name, "User")[0]
    assert values(name, "StateDirectory") == [user]
    given = " ".join(values(name, "Environment"))
    assert f"DATA_DIR=/var/lib/{user}" in given
    assert set(re.findall(r"([A-Z_]+)=", given)) <= (API if name == "api" else WORKER)


def test_the_api_gets_neither_the_worker_s_user_nor_its_files() -> None:
    text = UNITS["api"].read_text()
    assert values("api", "User") == ["mintpost-api"]
    assert values("api", "EnvironmentFile") == ["/etc/mintpost/api.env"]
    assert "worker" not in text
    assert "license-signing-key" not in text


def test_the_units_run_the_programs_of_the_image() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    python = "/opt/mintpost/.venv/bin/python -m"
    (api,) = values("api", "ExecStart")
    assert api.startswith(f"{python} uvicorn --factory api.app:create_app ")
    assert '"uvicorn", "--factory", "api.app:create_app"' in dockerfile
    assert values("worker", "ExecStart") == [f"{python} worker"]
    assert values("migrate", "ExecStart") == [f"{python} cli migrate"]
    # So that Python finds the packages, which are not installed.
    folders = {name: values(name, "WorkingDirectory") for name in UNITS}
    assert folders == {name: ["/opt/mintpost"] for name in UNITS}


def test_a_process_has_longer_to_stop_than_it_takes() -> None:
    for name in ("api", "worker"):
        assert timedelta(seconds=int(values(name, "TimeoutStopSec")[0])) > GRACE


def test_api_and_worker_start_after_the_migration_and_even_if_it_failed() -> None:
    """The database may be away at boot, and the API must take requests all the same."""
    for name in ("api", "worker"):
        assert values(name, "Requires") == []
        assert "mintpost-migrate.service" in values(name, "Wants")
        assert "mintpost-migrate.service" in values(name, "After")[0]
