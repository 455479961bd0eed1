"""Each process of `mintpost dev` gets the variables of docker-compose.yml, and no more."""

import os

import pytest

from embedded.child_environment import API, WORKER, environment_of, hidden_settings
from settings import ApiSettings, WorkerSettings


def test_what_a_process_reads_is_what_its_settings_name() -> None:
    assert {name.upper() for name in ApiSettings.model_fields} == API
    assert {name.upper() for name in WorkerSettings.model_fields} == WORKER


def test_what_is_not_its_own_is_blank_because_it_reads_the_file_too() -> None:
    given = {"GUMROAD_WEBHOOK_SECRET": "secret", "PATH": "/bin"}
    worker = environment_of("worker", given)
    assert (worker["GUMROAD_WEBHOOK_SECRET"], worker["PATH"]) == ("", "/bin")
    assert environment_of("temporal", given) == {"PATH": "/bin"}


def test_a_child_that_a_library_starts_inherits_none_of_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("POSTMARK_TOKEN", "a-token")
    monkeypatch.setenv("PGPASSWORD", "a-word")
    with hidden_settings():
        assert os.environ.keys() & {"POSTMARK_TOKEN", "PGPASSWORD"} == set()
    assert (os.environ["POSTMARK_TOKEN"], os.environ["PGPASSWORD"]) == ("a-token", "a-word")
