"""docker-compose.yml and the Caddyfile limit the damage of a break-in into one service."""

import os
import re
import subprocess
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Any

import yaml

from db.engine import database_url
from db.grants import API_ROLE

ROOT = Path(__file__).parent.parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
CADDYFILE = (ROOT / "Caddyfile").read_text()


def test_caddy_reaches_the_api_alone() -> None:
    networks = {name: set(service["networks"]) for name, service in SERVICES.items()}
    assert set(COMPOSE["networks"]) == {"front", "back"}
    assert {name for name, where in networks.items() if "front" in where} == {"api", "caddy"}
    assert networks["caddy"] == {"front"}
    assert {name for name, where in networks.items() if "back" in where} == {*SERVICES} - {"caddy"}


def test_every_container_drops_every_capability_and_wins_none() -> None:
    assert [name for name in SERVICES if SERVICES[name]["cap_drop"] != ["ALL"]] == []
    secure = ["no-new-privileges:true"]
    assert [name for name in SERVICES if SERVICES[name]["security_opt"] != secure] == []
    assert [name for name in SERVICES if SERVICES[name].get("privileged")] == []
    assert {name: each["cap_add"] for name, each in SERVICES.items() if "cap_add" in each} == {
        "postgres": ["CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"],
        "caddy": ["NET_BIND_SERVICE"],
    }


def test_every_container_s_log_is_bounded() -> None:
    assert [
        name for name in SERVICES if "max-size" not in SERVICES[name]["logging"]["options"]
    ] == []


def test_the_api_has_a_role_of_its_own_which_the_migration_makes() -> None:
    password = "${API_POSTGRES_PASSWORD:?set it in .env}"
    api, migrate = SERVICES["api"]["environment"], SERVICES["migrate"]["environment"]
    assert database_url(api["DATABASE_URL"]).username == API_ROLE
    assert (api["PGPASSWORD"], migrate["API_DATABASE_PASSWORD"]) == (password, password)
    assert "${POSTGRES_PASSWORD" not in str(SERVICES["api"])
    assert {name for name in SERVICES if "API_POSTGRES" in str(SERVICES[name])} == {
        "api",
        "migrate",
    }


def test_caddy_passes_every_path_on_and_logs_no_url() -> None:
    assert re.findall(r"^\t(reverse_proxy|respond|handle\S*) ?(.*)$", CADDYFILE, re.MULTILINE) == [
        ("reverse_proxy", "api:8000")
    ]
    assert re.search(
        r"exclude http\.log\.error http\.log\.access http\.handlers$", CADDYFILE, re.MULTILINE
    )
    assert "admin off" in CADDYFILE
    assert set(re.findall(r"\{\$(\w+)\}", CADDYFILE)) == set(SERVICES["caddy"]["environment"])


def test_caddy_waits_for_nobody_without_end_and_takes_no_endless_body() -> None:
    for limit in ("read_header 10s", "read_body 30s", "write 60s", "idle 2m"):
        assert re.search(rf"^\t+{limit}$", CADDYFILE, re.MULTILINE)
    assert re.search(r"request_body \{\s+max_size 10MB\s+\}", CADDYFILE)


def test_the_api_believes_the_address_that_caddy_tells_and_no_other() -> None:
    """The bounds on bad keys count by address, and behind Caddy all apps would have Caddy's."""
    (addresses,) = COMPOSE["networks"]["front"]["ipam"]["config"]
    subnet, others = IPv4Network(addresses["subnet"]), IPv4Network(addresses["ip_range"])
    caddy = SERVICES["caddy"]["networks"]["front"]["ipv4_address"]
    believed = SERVICES["api"]["environment"]["FORWARDED_ALLOW_IPS"]
    assert believed == f"${{FORWARDED_ALLOW_IPS:-{caddy}}}"
    assert others.subnet_of(subnet)
    assert IPv4Address(caddy) in subnet
    assert IPv4Address(caddy) not in others


def test_what_talks_to_the_internet_or_keeps_the_books_cannot_write_its_own_root() -> None:
    """The images of Temporal write their configuration into their root at start."""
    writable = {name for name in SERVICES if not SERVICES[name].get("read_only")}
    assert {name.partition("-")[0] for name in writable} == {"temporal"}


def test_a_service_without_a_writable_root_has_a_place_for_each_file_that_it_writes() -> None:
    folders = {
        "postgres": "/run/postgresql",
        "worker": str(Path(SERVICES["worker"]["environment"]["WORKER_HEALTH_FILE"]).parent),
    }
    for name, folder in folders.items():
        assert folder in SERVICES[name]["tmpfs"]


def test_the_worker_s_health_is_looked_at_where_the_worker_writes_it(tmp_path: Path) -> None:
    worker = SERVICES["worker"]
    how, command = worker["healthcheck"]["test"]
    assert how == "CMD-SHELL"
    file = tmp_path / "worker-health"
    looked = command.replace(worker["environment"]["WORKER_HEALTH_FILE"], str(file))
    assert looked != command

    def is_healthy() -> bool:
        done = subprocess.run(["sh", "-c", looked], check=False, capture_output=True)  # noqa: S603, S607 - our own command
        return done.returncode == 0

    assert not is_healthy()
    file.touch()
    assert is_healthy()
    os.utime(file, (file.stat().st_atime, file.stat().st_mtime - 200))
    assert not is_healthy()
