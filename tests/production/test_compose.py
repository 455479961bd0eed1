"""Checks docker-compose.yml against the Compose specification and against the code.

compose_spec.json is the specification's schema from docker-compose 1.29.2 (Docker, Inc.,
Apache-2.0), unchanged. It is from 2021, so every Compose v2 knows all of it.
"""

import json
import re
from collections.abc import Collection
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from jsonschema import Draft201909Validator
from temporalio.service import TLSConfig
from typer.core import TyperGroup

import cli
import worker
import worker_parts
from embedded.temporal_setup import RETENTION
from mailers.registry import door_variables
from settings.database import KeeperSettings, MigrateSettings
from settings.loading import load
from settings.online import OnlineSettings
from settings.temporal import temporal_config
from settings.worker import WorkerSettings
from storefronts.gumroad.settings import GumroadApiSettings
from storefronts.registry import api_variables, worker_variables

ROOT = Path(__file__).parent.parent.parent
TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]

WORKERS = {*WorkerSettings.model_fields, *map(str.lower, worker_variables())}
VARIABLE = re.compile(r"\$\{(\w+)(:[-?])([^}]*)\}")
JOBS = {"temporal-schema", "temporal-namespace", "migrate"}
IN_THE_IMAGE = {"data_dir"}
OF_LIBRARIES = {"pgpassword", "forwarded_allow_ips"}
SECRETS = {
    "POSTGRES_PASSWORD": "a password",
    "API_POSTGRES_PASSWORD": "another password",
    "GUMROAD_WEBHOOK_SECRET": "a secret of sixteen",
}


def filled_in(name: str, given: dict[str, str]) -> dict[str, str]:
    """Return a service's environment as Compose builds it from `.env`."""
    environment = SERVICES[name]["environment"]
    return {
        variable: VARIABLE.sub(lambda found: given.get(found[1]) or found[3], value)
        for variable, value in environment.items()
    }


def give(monkeypatch: pytest.MonkeyPatch, service: str, **given: str) -> None:
    for name, value in filled_in(service, {**SECRETS, **given}).items():
        monkeypatch.setenv(name, value)


def test_compose_file_follows_the_specification() -> None:
    schema = json.loads(Path(__file__).with_name("compose_spec.json").read_text())
    errors = Draft201909Validator(schema).iter_errors(COMPOSE)
    assert [f"{error.json_path}: {error.message}" for error in errors] == []


def test_every_image_is_pinned_to_a_version_and_its_digest() -> None:
    images = {service["image"] for service in SERVICES.values()} - {"mintpost:local"}
    pinned = re.compile(r"[\w/-]+:\d+\.\d+(\.\d+)?(-\w+)?@sha256:[0-9a-f]{64}")
    assert [image for image in images if not pinned.fullmatch(image)] == []
    assert len({image.partition("@")[2] for image in images}) == len(images)


def test_temporal_s_tables_are_made_by_the_server_s_own_version() -> None:
    names = ("temporal", "temporal-schema", "temporal-namespace")
    tagged = {SERVICES[name]["image"].partition("@")[0] for name in names}
    assert len({image.partition(":")[2] for image in tagged}) == 1


def test_only_the_way_to_the_api_is_published_beyond_loopback() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published == {
        "api": ["${API_ADDRESS:-127.0.0.1}:8000:8000"],
        "temporal-ui": ["127.0.0.1:8233:8080"],
        "caddy": ["80:80", "443:443", "443:443/udp"],
    }
    assert {name for name, service in SERVICES.items() if "profiles" in service} == {"caddy"}


@pytest.mark.parametrize(
    ("service", "reads", "withheld"),
    [
        ("migrate", MigrateSettings.model_fields, set()),
        (
            "api",
            {*OnlineSettings.model_fields, *map(str.lower, api_variables() | door_variables())},
            {"answer_signing_key_file"},  # In the volume.
        ),
        ("worker", WORKERS, {"license_signing_key"}),
    ],
)
def test_a_service_gets_exactly_the_settings_that_it_reads(
    service: str, reads: Collection[str], withheld: set[str]
) -> None:
    named = {name.lower() for name in SERVICES[service]["environment"]}
    ours = {name for name in named if not name.startswith(("temporal_", "otel_"))} - OF_LIBRARIES
    assert ours == set(reads) - IN_THE_IMAGE - withheld


def test_the_worker_alone_has_the_signing_key_and_the_mail_token() -> None:
    assert {name for name, service in SERVICES.items() if "secrets" in service} == {"worker"}
    assert {name for name in SERVICES if "POSTMARK_TOKEN" in str(SERVICES[name])} == {"worker"}
    assert [name for name in SERVICES if "env_file" in SERVICES[name]] == []
    (secret,) = SERVICES["worker"]["secrets"]
    key = SERVICES["worker"]["environment"]["LICENSE_SIGNING_KEY_FILE"]
    assert (key, set(COMPOSE["secrets"])) == (f"/run/secrets/{secret}", {secret})


def test_a_secret_has_no_default_and_is_demanded_wherever_it_stands() -> None:
    marks = {(name, mark) for name, mark, _ in VARIABLE.findall(TEXT)}
    assert {name for name, mark in marks if mark == ":?"} == set(SECRETS)
    assert {(name, mark) for name, mark in marks if name in SECRETS and mark != ":?"} == set()
    assert TEXT.count("${") == len(VARIABLE.findall(TEXT))


def test_a_blank_value_from_compose_counts_as_absent(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    give(monkeypatch, "api")
    assert load(GumroadApiSettings).secrets() == ("a secret of sixteen",)
    assert load(OnlineSettings).dialects == ""
    give(monkeypatch, "worker")
    settings, defaults = load(WorkerSettings), WorkerSettings.model_fields
    given = {"database_url", "products_file", "license_signing_key_file"}
    differing = {name for name in defaults if getattr(settings, name) != defaults[name].default}
    assert differing - IN_THE_IMAGE == given | {"log_format", "worker_health_file"}
    assert temporal_config() == {"target_host": "temporal:7233", "namespace": "default"}


def test_the_password_is_left_to_the_driver(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    give(monkeypatch, "migrate", POSTGRES_PASSWORD="p@ss:/word")
    url = load(KeeperSettings).database()
    assert (url.username, url.password, url.host) == ("mintpost", None, "postgres")
    assert filled_in("migrate", {"POSTGRES_PASSWORD": "p@ss:/word"})["PGPASSWORD"] == "p@ss:/word"
    assert url.username == SERVICES["postgres"]["environment"]["POSTGRES_USER"]


def test_temporal_cloud_is_a_matter_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    given = {
        "TEMPORAL_ADDRESS": "shop.a1b2c.tmprl.cloud:7233",
        "TEMPORAL_NAMESPACE": "shop.a1b2c",
        "TEMPORAL_API_KEY": "a key",
        "TEMPORAL_TLS": "true",
        "TEMPORAL_TLS_CLIENT_CERT_DATA": "a certificate",
        "TEMPORAL_TLS_CLIENT_KEY_DATA": "its key",
        "TEMPORAL_TLS_SERVER_CA_CERT_DATA": "an authority",
        "TEMPORAL_TLS_SERVER_NAME": "a name",
    }
    for service in ("migrate", "api", "worker"):
        named = {name for name in SERVICES[service]["environment"] if name.startswith("TEMPORAL_")}
        assert named == set(given)
    give(monkeypatch, "worker", **given)
    assert temporal_config() == {
        "target_host": "shop.a1b2c.tmprl.cloud:7233",
        "namespace": "shop.a1b2c",
        "api_key": "a key",
        "tls": TLSConfig(
            domain="a name",
            client_cert=b"a certificate",
            client_private_key=b"its key",
            server_root_ca_cert=b"an authority",
        ),
    }


def test_every_variable_that_env_may_hold_is_documented() -> None:
    pages = [(ROOT / "docs" / page).read_text() for page in ("operate.md", "production.md")]
    documented = {name for page in pages for name in re.findall(r"`([A-Z_0-9]+)`", page)}
    assert {name for name, _, _ in VARIABLE.findall(TEXT)} - documented == set()


def test_every_command_of_ours_exists() -> None:
    program, command = SERVICES["migrate"]["command"]
    known = typer.main.get_command(cli.app)
    assert isinstance(known, TyperGroup)
    assert (program, command in known.commands) == ("mintpost", True)
    assert SERVICES["worker"]["command"] == ["python", Path(str(worker.__file__)).name]
    assert "command" not in SERVICES["api"], "the image's own command serves the API"


def test_services_wait_for_what_they_need() -> None:
    healthy, completed = "service_healthy", "service_completed_successfully"
    waits = {
        name: {other: how["condition"] for other, how in service["depends_on"].items()}
        for name, service in SERVICES.items()
        if "depends_on" in service
    }
    assert waits == {
        "temporal-schema": {"postgres": healthy},
        "temporal": {"temporal-schema": completed},
        "temporal-namespace": {"temporal": healthy},
        "temporal-ui": {"temporal": healthy},
        "migrate": {"postgres": healthy, "temporal-namespace": completed},
        "api": {"migrate": completed},
        "worker": {"migrate": completed},
        "caddy": {"api": healthy},
    }


def test_services_are_restarted_and_jobs_are_not() -> None:
    restarts = {name: service["restart"] for name, service in SERVICES.items()}
    jobs = dict.fromkeys(JOBS, "on-failure:5")
    assert restarts == {**dict.fromkeys(set(SERVICES) - JOBS, "unless-stopped"), **jobs}


def test_the_worker_has_longer_to_stop_than_it_takes() -> None:
    seconds = int(SERVICES["worker"]["stop_grace_period"].removesuffix("s"))
    assert timedelta(seconds=seconds) > worker_parts.GRACE


def test_the_folder_of_the_products_is_mounted_read_only() -> None:
    for service in ("api", "worker"):
        folder = str(Path(SERVICES[service]["environment"]["PRODUCTS_FILE"]).parent)
        assert f"./shop:{folder}:ro" in SERVICES[service]["volumes"]


def test_permanent_data_is_in_named_volumes() -> None:
    mounts = [mount for each in SERVICES.values() for mount in each.get("volumes", [])]
    named = {mount.partition(":")[0] for mount in mounts if not mount.startswith("./")}
    assert named == set(COMPOSE["volumes"]) == {"postgres", "data", "caddy-data", "caddy-config"}
    for service in ("api", "worker"):
        assert "data:/var/lib/mintpost" in SERVICES[service]["volumes"]


def test_temporal_remembers_as_long_as_it_does_in_mintpost_dev() -> None:
    (script,) = SERVICES["temporal-namespace"]["command"]
    assert f"--retention {RETENTION.days}d" in script
