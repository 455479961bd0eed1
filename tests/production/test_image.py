"""Checks the Dockerfile and .dockerignore against the code, without a Docker engine."""

import asyncio
import importlib
import json
import re
import shutil
import sys
import tomllib
from pathlib import Path
from subprocess import run
from typing import Any

import pytest

from embedded.ports import free_ports
from settings.environment import plain_environment
from tests.support.running import Mintpost

ROOT = Path(__file__).parent.parent.parent
DOCKERFILE = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
FINAL = DOCKERFILE.rpartition("\nFROM ")[2]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())

IMPORTED = """\
import importlib.metadata, json, pkgutil, sys
import api.app, cli, uvicorn, worker
from sys import argv
# A command imports its parts once it runs.
for name in argv[1:]:
    path = getattr(importlib.import_module(name), "__path__", [])
    for module in pkgutil.walk_packages(path, f"{name}."):
        importlib.import_module(module.name)
owners = importlib.metadata.packages_distributions()
roots = {name.partition(".")[0] for name in sys.modules}
print(json.dumps({
    "files": {name: sys.modules[name].__file__ for name in argv[1:]},
    "distributions": sorted({owner for root in roots for owner in owners.get(root, [])}),
}))
"""


def instruction(name: str) -> str:
    (found,) = re.findall(rf"^{name} (.+)$", FINAL, re.MULTILINE)
    return str(found)


def copied() -> set[str]:
    """Return the files of the repository that are copied into the image's /app."""
    lines = re.findall(r"^COPY (?!--)(.+) \S+$", FINAL, re.MULTILINE)
    return {name for line in lines for name in line.split()}


def modules() -> set[str]:
    packages = set(PROJECT["tool"]["importlinter"]["root_packages"])
    return packages | set(PROJECT["tool"]["setuptools"]["py-modules"])


def test_the_whole_house_is_copied_and_nothing_else() -> None:
    names = {name if (ROOT / name).is_dir() else f"{name}.py" for name in modules()}
    assert copied() == names | {"templates"}


def test_the_build_sees_no_file_but_what_is_copied() -> None:
    rules = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" in rules
    seen = {rule.removeprefix("!") for rule in rules if rule.startswith("!")}
    assert seen == copied() | {"requirements/app.lock"}


@pytest.fixture
def layout(tmp_path: Path) -> Path:
    """Create a folder like the image's /app."""
    for name in copied():
        if (ROOT / name).is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / name, tmp_path / name, ignore=ignored)
        else:
            shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def python(folder: Path, *arguments: str) -> str:
    environment = {**plain_environment(), "PYTHONPATH": str(folder)}
    command = [sys.executable, *arguments]
    done = run(command, cwd=folder, env=environment, capture_output=True, check=True, text=True)  # noqa: S603 - our own processes' modules
    return done.stdout


def test_every_process_imports_from_the_image_and_the_lock_alone(layout: Path) -> None:
    found = json.loads(python(layout, "-c", IMPORTED, *sorted(modules())))
    assert [file for file in found["files"].values() if not file.startswith(f"{layout}/")] == []
    lock = (ROOT / "requirements" / "app.lock").read_text()
    locked = set(re.findall(r"^([a-z0-9.-]+)==", lock, re.MULTILINE))
    used = {re.sub(r"[-_.]+", "-", name).lower() for name in found["distributions"]}
    # OpenTelemetry's SDK imports psutil where it is installed, and does without it in the image.
    assert used - locked <= {"mintpost", "setuptools", "pip", "psutil"}
    assert {"temporalio", "uvicorn", "psycopg"} <= used


def test_the_command_is_the_project_s(layout: Path) -> None:
    module, _, function = PROJECT["project"]["scripts"]["mintpost"].partition(":")
    (script,) = re.findall(r"<<'SCRIPT' /venv/bin/mintpost\n(.*?)SCRIPT\n", DOCKERFILE, re.DOTALL)
    shebang, _, code = script.partition("\n")
    assert (shebang, code.split()) == (
        "#!/venv/bin/python",
        f"from {module} import {function} {function}()".split(),
    )
    file = layout / "mintpost"
    file.write_text(script)
    assert "BEGIN PRIVATE KEY" in python(layout, "mintpost", "keys", "generate")


def test_the_command_s_options_are_uvicorn_s_and_its_app_exists() -> None:
    program, *words = json.loads(instruction("CMD"))
    command: Any = importlib.import_module(f"{program}.main").main
    known = {option for parameter in command.params for option in parameter.opts}
    known |= {option for parameter in command.params for option in parameter.secondary_opts}
    assert {word for word in words if word.startswith("--")} <= known
    module, _, function = words[words.index("--factory") + 1].partition(":")
    assert callable(getattr(importlib.import_module(module), function))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_health_check_tells_a_living_api_from_none(mintpost: Mintpost) -> None:
    command = json.loads(instruction("HEALTHCHECK .*? CMD"))
    living = int(mintpost.url.rpartition(":")[2])
    codes = []
    for port in (living, *free_ports(1)):
        words = [sys.executable, *(word.replace("8000", str(port)) for word in command[1:])]
        done = await asyncio.to_thread(run, words, capture_output=True, check=False)
        codes.append(done.returncode)
    assert codes == [0, 1]


def test_the_image_user_may_read_files_cloned_under_a_strict_umask() -> None:
    before, found, after = FINAL.partition("\nRUN chmod --recursive a+rX /app\n")
    assert found
    assert "COPY" in before
    assert "COPY" not in after


def test_the_image_does_not_run_as_root_and_owns_its_data() -> None:
    user, _, _ = instruction("USER").partition(":")
    assert int(user) > 0
    assert f"--uid {user} " in FINAL
    for file in ("docs/production.md", ".github/workflows/ci.yml"):
        owners = re.findall(r"chown (\S+) secrets", (ROOT / file).read_text())
        assert set(owners) == {user}, file
    (folder,) = re.findall(r"DATA_DIR=(\S+)", FINAL)
    assert re.search(rf"install --directory --owner mintpost .* {folder}$", FINAL, re.MULTILINE)


def test_the_image_installs_the_hashed_lock_and_nothing_else() -> None:
    (command,) = re.findall(r"pip install .*", DOCKERFILE)
    assert command.split()[-3:] == ["--require-hashes", "--requirement", "/tmp/app.lock"]  # noqa: S108 - a path of the image


def test_both_stages_have_the_same_python() -> None:
    bases = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert len(bases) == 2
    assert len(set(bases)) == 1
    assert re.fullmatch(r"python:3\.\d+\.\d+-slim-\w+@sha256:[0-9a-f]{64}", bases[0])
