"""The documents name only links, commands, targets, settings and rooms that exist."""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from subprocess import run
from typing import Any

import pytest
import typer
from pydantic_settings import BaseSettings
from temporalio.service import TLSConfig
from typer.core import TyperGroup

import cli
import settings
from mailers.registry import door_variables
from settings.temporal import temporal_config
from storefronts.registry import api_variables, worker_variables

ROOT = Path(__file__).parent.parent.parent
LONGEST_FILE = 250

FENCED = re.compile(r"^ *```.*?^ *```", re.DOTALL | re.MULTILINE)
CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
TABLE_NAMES = re.compile(r"^\| ((?:`[^`|]+`,? ?)+)\|", re.MULTILINE)
COMMAND = re.compile(r"(?<![\w/.-])mintpost (?=[a-z])([^\n|#`\"$]*)")
TARGET = re.compile(r"(?<![\w-])make ([a-z]+)")
REGISTRY = re.compile(r"https?://[^\s/]*(?:pypi|pythonhosted|npmjs)|index-url[ =]+\S+")


@cache
def tracked(pattern: str = "*") -> list[Path]:
    """Return the files of the repository, the new ones too, that are not ignored by git."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", pattern]
    listed = run(command, cwd=ROOT, capture_output=True, check=True, text=True)  # noqa: S603 - a fixed command
    files = {ROOT / name for name in listed.stdout.split("\0") if name}
    return sorted(file for file in files if file.is_file())


def pages() -> list[Path]:
    return tracked("*.md")


def name_of(file: Path) -> str:
    return str(file.relative_to(ROOT))


each_page = pytest.mark.parametrize("page", pages(), ids=name_of)


def code_in(page: Path) -> str:
    text = page.read_text()
    fenced = FENCED.findall(text)
    return "\n".join([*fenced, *CODE.findall(FENCED.sub("", text))])


def anchors_of(page: Path) -> set[str]:
    """Return the anchors that GitHub makes of the headings."""
    headings = HEADING.findall(FENCED.sub("", page.read_text()))
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def dead_links(page: Path) -> Iterator[str]:
    for link in (one or other for one, other in LINK.findall(FENCED.sub("", page.read_text()))):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        if not target.exists() or (anchor and anchor not in anchors_of(target)):
            yield link


@each_page
def test_no_relative_link_is_dead(page: Path) -> None:
    assert list(dead_links(page)) == []


@cache
def whole_command() -> Any:  # noqa: ANN401 - typer types its tree as a bare command
    return typer.main.get_command(cli.app)


def unknown_words(typed: str) -> Iterator[str]:
    """Follow the typed words through the commands; yield each unknown word."""
    command = whole_command()
    words = typed.split()
    while isinstance(command, TyperGroup) and words:
        word = words.pop(0)
        if word not in command.commands:
            yield word
            return
        command = command.commands[word]
    options = {option for parameter in command.params for option in parameter.opts}
    yield from (word for word in words if word.startswith("--") and word not in options)


@each_page
def test_every_mintpost_command_exists(page: Path) -> None:
    typed = COMMAND.findall(code_in(page))
    unknown = {line: words for line in typed if (words := list(unknown_words(line)))}
    assert unknown == {}


@each_page
def test_every_make_target_exists(page: Path) -> None:
    known = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(TARGET.findall(code_in(page))) <= known


def test_make_help_names_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text()
    (phony,) = re.findall(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    assert set(phony.split()) == set(re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE))


def variables_of_settings() -> set[str]:
    modules = [import_module(each.name) for each in iter_modules(settings.__path__, "settings.")]
    classes = [each for module in modules for each in vars(module).values()]
    return {
        field.upper()
        for each in classes
        if isinstance(each, type) and issubclass(each, BaseSettings)
        for field in each.model_fields
    }


def variables_in_operate() -> set[str]:
    """Return the names that begin a line of the table of settings."""
    text = (ROOT / "docs" / "operate.md").read_text()
    section = text.partition("\n## Settings\n")[2].partition("\n## ")[0]
    return {name for cell in TABLE_NAMES.findall(section) for name in CODE.findall(cell)}


def test_operate_documents_exactly_the_settings() -> None:
    ours = {name for name in variables_in_operate() if not name.startswith(("TEMPORAL_", "OTEL_"))}
    of_shops = api_variables() | worker_variables()
    assert ours == variables_of_settings() | of_shops | door_variables()


def test_temporal_reads_every_variable_that_operate_names(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    profile = '[profile.shop]\nnamespace = "of the profile"\n'
    values = {
        "TEMPORAL_ADDRESS": "there:7233",
        "TEMPORAL_API_KEY": "a key",
        "TEMPORAL_TLS": "true",
        "TEMPORAL_TLS_SERVER_NAME": "a name",
        "TEMPORAL_TLS_CLIENT_CERT_PATH": written(tmp_path / "certificate", "certificate"),
        "TEMPORAL_TLS_CLIENT_KEY_PATH": written(tmp_path / "its key", "its key"),
        "TEMPORAL_TLS_SERVER_CA_CERT_PATH": written(tmp_path / "authority", "authority"),
        "TEMPORAL_PROFILE": "shop",
        "TEMPORAL_CONFIG_FILE": written(tmp_path / "temporal.toml", profile),
    }
    documented = {name for name in variables_in_operate() if name.startswith("TEMPORAL_")}
    assert documented == {*values, "TEMPORAL_NAMESPACE"}
    monkeypatch.chdir(tmp_path)
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    tls = TLSConfig(
        domain="a name",
        client_cert=b"certificate",
        client_private_key=b"its key",
        server_root_ca_cert=b"authority",
    )
    found = {"target_host": "there:7233", "api_key": "a key", "tls": tls}
    assert temporal_config() == {**found, "namespace": "of the profile"}
    monkeypatch.setenv("TEMPORAL_NAMESPACE", "of the environment")
    assert temporal_config() == {**found, "namespace": "of the environment"}


def written(file: Path, text: str) -> str:
    file.write_text(text)
    return str(file)


def house() -> set[str]:
    section = (
        (ROOT / "README.md").read_text().partition("\n## The house\n")[2].partition("\n## ")[0]
    )
    return {name for cell in TABLE_NAMES.findall(section) for name in CODE.findall(cell)}


def test_every_room_of_the_house_exists() -> None:
    assert [room for room in house() if not (ROOT / room).exists()] == []


def test_the_house_has_every_folder_and_package() -> None:
    folders = {file.relative_to(ROOT).parts[0] for file in tracked() if file.parent != ROOT}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages = project["tool"]["importlinter"]["root_packages"]
    rooms = {f"{folder}/" for folder in folders if not folder.startswith(".")}
    assert rooms | {f"{package}/" for package in packages} <= house()


def test_no_python_file_is_longer_than_250_lines() -> None:
    lengths = {name_of(file): len(file.read_text().splitlines()) for file in tracked("*.py")}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}


@cache
def places_of_this_machine() -> tuple[str, ...]:
    places = [ROOT, Path.home()]
    # A home of / or of one letter would be found everywhere.
    return tuple(f"{place}/" for place in places if len(str(place)) > len("/x"))


def test_no_file_holds_a_registry_address_or_a_path_of_this_machine() -> None:
    found = {}
    for file in tracked():
        text = file.read_bytes().decode(errors="replace")
        hits = [place for place in places_of_this_machine() if place in text]
        if hits := hits + REGISTRY.findall(text):
            found[name_of(file)] = hits
    assert found == {}


@pytest.mark.parametrize("lock", tracked("requirements/*.lock"), ids=name_of)
def test_a_lock_names_no_address_and_every_version_has_its_hash(lock: Path) -> None:
    text = lock.read_text()
    assert "://" not in text
    pins = re.findall(r"^\S+==.*(?:\n .*)*", text, re.MULTILINE)
    assert [pin for pin in pins if "--hash=sha256:" not in pin] == []


def test_the_locks_agree() -> None:
    versions: dict[str, set[str]] = {}
    for lock in tracked("requirements/*.lock"):
        for name, version in re.findall(r"^([a-z0-9.-]+)==(\S+)", lock.read_text(), re.MULTILINE):
            versions.setdefault(name, set()).add(version)
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}
