"""The import contracts of pyproject.toml leave no package out."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from docs.rooms import names

ROOT = Path(__file__).parent.parent.parent
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
LINTER = PROJECT["tool"]["importlinter"]


def packages() -> set[str]:
    found = PROJECT["tool"]["setuptools"]["packages"]["find"]["include"]
    return {name.removesuffix("*") for name in found}


def independent(room: str) -> set[str]:
    """Return the packages of the room that a contract keeps apart from each other."""
    contracts = [each for each in LINTER["contracts"] if each["type"] == "independence"]
    modules = {module for contract in contracts for module in contract["modules"]}
    return {module for module in modules if module.startswith(f"{room}.")}


def test_every_installed_package_is_under_contract() -> None:
    assert set(LINTER["root_packages"]) == packages()


def test_every_installed_package_has_its_layer() -> None:
    assert {name for name in names() if (ROOT / name).is_dir()} == packages()


def test_every_installed_package_is_sorted_as_ours() -> None:
    ours = PROJECT["tool"]["ruff"]["lint"]["isort"]["known-first-party"]
    modules = PROJECT["tool"]["setuptools"]["py-modules"]
    assert {*ours} == packages() | {*modules}


@pytest.mark.parametrize("room", ["storefronts", "mailers"])
def test_every_adapter_knows_no_other(room: str) -> None:
    adapters = {f"{room}.{file.parent.name}" for file in (ROOT / room).glob("*/__init__.py")}
    adapters |= {
        f"{room}.{each.name}" for each in (ROOT / room).iterdir() if any(each.glob("*.py"))
    }
    assert adapters
    assert independent(room) == adapters
