"""Installs the vendors' own clients: once per machine, outside the tree, in pinned versions."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

HERE = Path(__file__).parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mintpost-clients"
NODE, NPM = shutil.which("node"), shutil.which("npm")
PATIENCE_SECONDS = 300


def npm_clients() -> Path:
    """Return the folder with all npm clients. Skip the test if there is no npm or no network."""
    if NODE is None or NPM is None:
        pytest.skip("npm is not installed, so the vendors' npm clients cannot run")
    wanted = HERE / "npm" / "package.json"
    quiet = ("--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund")

    def install(folder: Path) -> None:
        shutil.copy(wanted, folder)
        _run("npm", NPM, "install", *quiet, "--fetch-retries=1", folder=folder)

    return _installed("npm", wanted.read_bytes(), install)


def python_clients(name: str) -> Path:
    """Return the folder with the clients that `python/<name>.txt` names.

    Each file has a folder of its own, because two versions of one client are tested.
    """
    wanted = HERE / "python" / f"{name}.txt"
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    pip = (sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")

    def install(folder: Path) -> None:
        options = ("--retries", "1", "--target", str(folder), "--requirement", str(wanted))
        _run("pip", *pip, *options, folder=folder)

    return _installed(f"{name}-{version}", wanted.read_bytes(), install)


def _installed(name: str, wanted: bytes, install: Callable[[Path], None]) -> Path:
    folder = CACHE / f"{name}-{hashlib.sha256(wanted).hexdigest()[:16]}"
    with _alone(CACHE / f"{name}.lock"):
        if not folder.exists():
            unfinished = folder.with_name(f"{folder.name}.unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir()
            install(unfinished)
            unfinished.rename(folder)
    return folder


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Let one process of the tests install, while the others wait for it."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _run(installer: str, *command: str, folder: Path) -> None:
    done = subprocess.run(  # noqa: S603 - our own words, and the path of an installer
        command, cwd=folder, capture_output=True, timeout=PATIENCE_SECONDS, check=False
    )
    assert b"ETARGET" not in done.stderr, done.stderr.decode()  # A pinned version is none.
    if done.returncode:
        pytest.skip(f"{installer} could not install the vendors' clients (is there a network?)")
