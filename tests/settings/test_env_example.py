"""`.env.example` explains every setting in one line for an operator."""

import re
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest
from pydantic_settings import BaseSettings

import settings
from mailers.registry import door_variables
from settings.loading import load
from settings.temporal import temporal_config
from settings.worker import WorkerSettings
from storefronts.registry import api_variables, worker_variables

ROOT = Path(__file__).parent.parent.parent
EXAMPLE = ROOT / ".env.example"
SETTING = re.compile(r"^#([A-Z_0-9]+)=(.*)$", re.MULTILINE)
LONGEST_LINE = 100


def ours() -> set[str]:
    modules = [import_module(each.name) for each in iter_modules(settings.__path__, "settings.")]
    classes = [each for module in modules for each in vars(module).values()]
    own = {
        field.upper()
        for each in classes
        if isinstance(each, type) and issubclass(each, BaseSettings)
        for field in each.model_fields
    }
    return own | api_variables() | worker_variables() | door_variables()


def temporals() -> set[str]:
    """Return Temporal's variables named on the operator's page."""
    return set(re.findall(r"`(TEMPORAL_[A-Z_]+)`", (ROOT / "docs" / "operate.md").read_text()))


def open_telemetry_s() -> set[str]:
    """Return OpenTelemetry's variables named on the operator's page."""
    return set(re.findall(r"`(OTEL_[A-Z_]+)`", (ROOT / "docs" / "operate.md").read_text()))


def test_env_example_has_every_setting_once() -> None:
    names = [name for name, _ in SETTING.findall(EXAMPLE.read_text())]
    assert len(names) == len(set(names))
    assert set(names) == ours() | temporals() | open_telemetry_s()


def test_env_example_explains_each_setting_in_the_line_above() -> None:
    lines = EXAMPLE.read_text().splitlines()
    explained = False
    for line in lines:
        assert len(line) <= LONGEST_LINE
        if SETTING.match(line):
            assert explained, line
        else:
            # A sentence, not a rule between two sections.
            explained = line.startswith("# ") and line.endswith((".", "…"))
        explained = explained or bool(SETTING.match(line))


def test_an_unchanged_copy_of_env_example_changes_nothing(
    clean: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text(EXAMPLE.read_text())
    clean.setenv("LICENSE_SIGNING_KEY", "a key")
    assert load(WorkerSettings) == WorkerSettings(_env_file=None)
    assert temporal_config() == {"target_host": "127.0.0.1:7233", "namespace": "default"}


def test_env_example_shows_the_real_defaults(clean: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shown = dict(SETTING.findall(EXAMPLE.read_text()))
    kept = {
        "DATA_DIR",
        "PRODUCTS_FILE",
        "POSTMARK_API_URL",
        "POSTMARK_MESSAGE_STREAM",
        "EMAIL_LOOKUP_SECONDS",
        "LICENSE_ISSUER",
        "LOG_FORMAT",
    }
    clean.setenv("LICENSE_SIGNING_KEY", "a key")
    before = load(WorkerSettings)
    (tmp_path / ".env").write_text("\n".join(f"{name}={shown[name]}" for name in sorted(kept)))
    assert load(WorkerSettings) == before
