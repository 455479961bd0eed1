"""Builds the code of docs/apps into programs that the tests call."""

import fcntl
import json
import os
import re
import runpy
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import jwt
import pytest

APPS = Path(__file__).parent.parent.parent / "docs" / "apps"
HARNESS = Path(__file__).parent / "harness"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mintpost-apps"
"""Rust's crates are built once per machine, outside the tree."""

NODE, GO, CARGO = map(shutil.which, ("node", "go", "cargo"))
TLS_CRATE = 'ureq = "3"'
WITHOUT_TLS = 'ureq = { version = "3", default-features = false }'
"""The tests ask this machine alone, and TLS takes a minute to build."""


Fields = Mapping[str, Any]
NOTHING: Fields = {}


class RefusedError(Exception):
    """The code of the page refused a text."""


class App(Protocol):
    """The functions of one page, by their names in Python."""

    def __call__(self, name: str, *given: Any) -> Any: ...  # noqa: ANN401 - any JSON value


def code(page: str, language: str) -> str:
    found = re.findall(rf"```{language}\n(.*?)```", (APPS / f"{page}.md").read_text(), re.DOTALL)
    return "\n\n".join(found)


@dataclass(frozen=True, slots=True)
class PythonApp:
    """The page's functions in this process, called as the harnesses of the others call theirs."""

    functions: Mapping[str, Any]

    def __call__(self, name: str, *given: Any) -> Any:  # noqa: ANN401 - any JSON value
        call = getattr(self, f"_{name}", None) or self.functions[name]
        try:
            return call(*given)
        except (jwt.InvalidTokenError, KeyError) as error:
            raise RefusedError(str(error)) from error

    def _are_well_formed(self, *keys: str) -> list[bool]:
        return [self.functions["is_well_formed"](key) for key in keys]

    def _fetch(self, url: str) -> object:
        return self.functions["fetch"](url)[0]

    def _ask(self, shop: Fields, kept: Fields, verb: str, more: Fields) -> object:
        return self.functions["ask"](self._shop(shop), kept, verb, **more)[0]

    def _check(
        self, shop: Fields, kept: Fields, now: int, verb: str = "validate", more: Fields = NOTHING
    ) -> object:
        after = {**kept}
        code_and_told = self.functions["check"](self._shop(shop), after, now, verb, **more)
        return [[*code_and_told], after]

    def _refresh_revocations(self, shop: Fields, kept: Fields, now: int) -> object:
        after = {**kept}
        self.functions["refresh_revocations"](self._shop(shop), after, now)
        return [None, after]

    def _offline(self, shop: Fields, kept: Fields, now: int) -> object:
        return self.functions["offline"](self._shop(shop), kept, now)

    def _licensed(self, shop: Fields, kept: Fields, now: int) -> object:
        return self.functions["licensed"](self._shop(shop), kept, now)

    def _shop(self, shop: Fields) -> object:
        return self.functions["Shop"](**shop)


@dataclass(frozen=True, slots=True)
class ProgramApp:
    """One process for all calls, because its start takes longer than the calls."""

    process: subprocess.Popen[str]

    def __call__(self, name: str, *given: Any) -> Any:  # noqa: ANN401 - any JSON value
        asked, answers = self.process.stdin, self.process.stdout
        assert asked is not None
        assert answers is not None
        asked.write(json.dumps([name, given]) + "\n")
        asked.flush()
        answer = json.loads(answers.readline())
        if "refused" in answer:
            raise RefusedError(answer["refused"])
        return answer["given"]


def python_app(folder: Path) -> PythonApp:
    file = folder / "licenses.py"
    file.write_text(code("python", "python"))
    return PythonApp(runpy.run_path(str(file)))


def node_program(folder: Path) -> list[str]:
    if NODE is None:
        pytest.skip("there is no Node.js here")
    file = folder / "licenses.mjs"
    file.write_text(code("node", "javascript") + (HARNESS / "harness.mjs").read_text())
    return [NODE, str(file)]


def go_program(folder: Path) -> list[str]:
    if GO is None:
        pytest.skip("there is no Go here")
    (folder / "go.mod").write_text("module app\n\ngo 1.21\n")
    (folder / "licenses.go").write_text(code("go", "go"))
    shutil.copy(HARNESS / "harness.go", folder)
    alone = {"CGO_ENABLED": "0", "GOTOOLCHAIN": "local"}
    with _alone(CACHE / "go.lock"):  # So that one process builds Go's own library for all.
        _build([GO, "build", "-o", "app", "."], folder, alone)
    return [str(folder / "app")]


def rust_program(folder: Path) -> list[str]:
    if CARGO is None:
        pytest.skip("there is no Rust here")
    package = '[package]\nname = "app"\nversion = "0.0.0"\nedition = "2021"\n'
    crates = code("rust", "toml")
    assert TLS_CRATE in crates
    with _alone(CACHE / "rust.lock"):
        source = CACHE / "rust" / "src"
        source.mkdir(parents=True, exist_ok=True)
        small = (
            "[profile.dev]\ndebug = false\n[profile.dev.package.curve25519-dalek]\nopt-level = 2\n"
        )
        manifest = package + crates.replace(TLS_CRATE, WITHOUT_TLS) + small
        (source.parent / "Cargo.toml").write_text(manifest)
        (source / "main.rs").write_text(code("rust", "rust") + (HARNESS / "harness.rs").read_text())
        if _run([CARGO, "fetch"], source.parent, {}).returncode:
            pytest.skip("the crates cannot be had (is there a network?)")
        _build([CARGO, "build", "--offline", "--quiet"], source.parent, {"RUSTFLAGS": "-Dwarnings"})
        shutil.copy(source.parent / "target" / "debug" / "app", folder)
    return [str(folder / "app")]


PROGRAMS: Mapping[str, Callable[[Path], list[str]]] = {
    "javascript": node_program,
    "go": go_program,
    "rust": rust_program,
}


@contextmanager
def running_app(language: str, folder: Path) -> Iterator[App]:
    """Give the functions of one language's page. Skip the test where its tools are missing."""
    if language == "python":
        yield python_app(folder)
        return
    command = PROGRAMS[language](folder)
    pipe = subprocess.PIPE
    with subprocess.Popen(  # noqa: S603 - our own page's code
        command, stdin=pipe, stdout=pipe, text=True, env=_without_proxies()
    ) as process:
        yield ProgramApp(process)


def _without_proxies() -> dict[str, str]:
    """Return the environment without proxies, because these apps must ask this machine."""
    return {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}


def _build(command: list[str], folder: Path, environment: Mapping[str, str]) -> None:
    done = _run(command, folder, environment)
    assert done.returncode == 0, done.stderr


def _run(
    command: list[str], folder: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - a compiler, and our own page's code
        command,
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Let one process of the tests build, while the others wait for it."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
