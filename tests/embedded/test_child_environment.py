"""Each process of `mintpost dev` gets the variables of docker-compose.yml, and no more."""

import os

import pytest

from embedded.child_environment import API, WORKER, environment_of, hidden_settings
from mailers.registry import door_variables
from settings.online import OnlineSettings
from settings.worker import WorkerSettings
from storefronts.registry import PACKAGES


def test_the_variables_of_a_process_are_those_of_its_settings() -> None:
    api = (
        OnlineSettings.model_fields.keys(),
        *(each.api_settings().model_fields for each in PACKAGES),
    )
    worker = (
        WorkerSettings.model_fields.keys(),
        *(each.worker_settings().model_fields for each in PACKAGES),
    )
    assert {name.upper() for fields in api for name in fields} | door_variables() == API
    assert {name.upper() for fields in worker for name in fields} == WORKER


def test_variables_of_other_processes_are_blank_because_env_file_is_read_too() -> None:
    given = {"GUMROAD_WEBHOOK_SECRET": "secret", "PATH": "/bin"}
    worker = environment_of("worker", given)
    assert (worker["GUMROAD_WEBHOOK_SECRET"], worker["PATH"]) == ("", "/bin")
    assert environment_of("temporal", given) == {"PATH": "/bin"}


def test_api_and_worker_get_the_variables_of_their_libraries_and_no_other_process() -> None:
    given = {"OTEL_EXPORTER_OTLP_HEADERS": "key=a-key", "PGPASSWORD": "a-word"}
    for process in ("api", "worker"):
        assert environment_of(process, given).items() >= given.items()
    assert environment_of("temporal", given) == {}


def test_a_child_started_by_a_library_inherits_no_settings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("POSTMARK_TOKEN", "a-token")
    monkeypatch.setenv("PGPASSWORD", "a-word")
    with hidden_settings():
        assert os.environ.keys() & {"POSTMARK_TOKEN", "PGPASSWORD"} == set()
    assert (os.environ["POSTMARK_TOKEN"], os.environ["PGPASSWORD"]) == ("a-token", "a-word")
