"""The override file leaves out Compose's PostgreSQL, and gives every service another."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft201909Validator

from db.grants import API_ROLE
from settings.loading import load
from settings.online import OnlineSettings
from settings.worker import WorkerSettings
from tests.production.test_compose import COMPOSE, SECRETS, VARIABLE

ROOT = Path(__file__).parent.parent.parent
OVERRIDE: dict[str, Any] = yaml.safe_load(
    (ROOT / "docker-compose.external-postgres.yml").read_text()
)
GIVEN = {
    **SECRETS,
    "DATABASE_URL": "postgresql://mintpost@db.example.com/mintpost?sslmode=verify-full",
    "API_DATABASE_URL": "postgresql://mintpost_api@db.example.com/mintpost?sslmode=verify-full",
    "POSTGRES_HOST": "db.example.com",
}


def merged(base: object, over: object) -> object:
    """Merge as Compose does: mappings key by key, lists by appending, the rest by replacing."""
    if isinstance(base, dict) and isinstance(over, dict):
        both = {name: merged(base[name], over[name]) for name in base.keys() & over.keys()}
        return {**base, **over, **both}
    if isinstance(base, list) and isinstance(over, list):
        return [*base, *over]
    return over


def stack() -> dict[str, Any]:
    services = merged(COMPOSE["services"], OVERRIDE["services"])
    assert isinstance(services, dict)
    return services


def environment_of(service: str) -> dict[str, str]:
    return {
        name: VARIABLE.sub(lambda found: GIVEN.get(found[1]) or found[3], value)
        for name, value in stack()[service]["environment"].items()
    }


def test_the_override_follows_the_specification_but_for_required_which_is_newer() -> None:
    schema = json.loads(Path(__file__).with_name("compose_spec.json").read_text())
    # By way of JSON, because YAML's anchors make one object of two places.
    plain = json.loads(json.dumps(OVERRIDE))
    optional = [
        (name, other, how.pop("required"))
        for name, service in plain["services"].items()
        for other, how in service.get("depends_on", {}).items()
        if "required" in how
    ]
    assert optional == [
        ("temporal-schema", "postgres", False),
        ("migrate", "postgres", False),
    ]
    errors = Draft201909Validator(schema).iter_errors(plain)
    assert [f"{error.json_path}: {error.message}" for error in errors] == []


def test_no_service_needs_or_names_the_postgres_that_is_left_out() -> None:
    services = stack()
    assert services["postgres"]["profiles"] == ["postgres-of-compose"]
    needed = [
        (name, other)
        for name, service in services.items()
        for other, how in service.get("depends_on", {}).items()
        if other == "postgres" and how.get("required", True)
    ]
    assert needed == []
    named = {
        (service, name)
        for service in services.keys() - {"postgres"}
        for name, value in environment_of(service).items()
        if re.search(r"(@|^)postgres\b", value)
    }
    assert named == set()


def test_temporal_and_its_tables_are_at_the_other_server() -> None:
    schema, server = environment_of("temporal-schema"), environment_of("temporal")
    assert (schema["SQL_HOST"], server["POSTGRES_SEEDS"]) == ("db.example.com",) * 2
    assert (schema["SQL_USER"], server["POSTGRES_USER"]) == ("mintpost",) * 2
    assert (schema["SQL_PORT"], server["DB_PORT"]) == ("5432", "5432")


@pytest.mark.parametrize(
    ("service", "settings", "user"),
    [
        ("migrate", OnlineSettings, "mintpost"),
        ("worker", WorkerSettings, "mintpost"),
        ("api", OnlineSettings, API_ROLE),
    ],
)
def test_each_process_takes_its_url_from_env_and_its_password_from_the_driver(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    service: str,
    settings: type[OnlineSettings | WorkerSettings],
    user: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in environment_of(service).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("LICENSE_SIGNING_KEY", "a key")
    monkeypatch.delenv("LICENSE_SIGNING_KEY_FILE", raising=False)
    url = load(settings).database()
    assert (url.username, url.password, url.host) == (user, None, "db.example.com")
    assert url.query["sslmode"] == "verify-full"


def test_the_page_names_every_variable_of_the_override() -> None:
    text = (ROOT / "docker-compose.external-postgres.yml").read_text()
    page = (ROOT / "docs" / "production.md").read_text()
    named = set(re.findall(r"`([A-Z_]+)`", page))
    assert {name for name, _, _ in VARIABLE.findall(text)} - named == set()
