"""Reads Temporal's settings with Temporal's own SDK."""

import re
from ipaddress import IPv6Address
from pathlib import Path

from temporalio.envconfig import ClientConfig, ClientConnectConfig

from kit.environment import SettingsError
from settings.environment import whole_environment
from settings.files import file_trouble, is_text, no_text

HOST_AND_PORT = re.compile(r"([\w.-]+|\[[\da-f:.]+\]):(\d{1,5})", re.ASCII | re.IGNORECASE)
LAST_PORT = 65_535
SWITCHES = {"TEMPORAL_TLS", "TEMPORAL_TLS_DISABLE_HOST_VERIFICATION"}
SWITCHED = {"true", "false", "1", "0"}
FILE = "TEMPORAL_CONFIG_FILE"
PATHS = (
    "TEMPORAL_TLS_CLIENT_CERT_PATH",
    "TEMPORAL_TLS_CLIENT_KEY_PATH",
    "TEMPORAL_TLS_SERVER_CA_CERT_PATH",
)


def temporal_config() -> ClientConnectConfig:
    """Return the arguments of `Client.connect`, as `temporalio.envconfig` defines them.

    Raises SettingsError if a profile or a file named by the environment cannot be read.
    """
    # The SDK would take a blank variable as an API key, or as a request for TLS.
    given = {name: value for name, value in whole_environment().items() if value.strip()}
    _require_values({name: given[name] for name in given if name.startswith("TEMPORAL_")})
    # The SDK refuses an environment in which any variable is not UTF-8.
    environment = {name: value for name, value in given.items() if is_text(name + value)}
    try:
        config = ClientConfig.load_client_connect_config(override_env_vars=environment)
    except (RuntimeError, OSError, ValueError) as error:
        raise SettingsError(_unreadable(error, environment)) from None
    config.setdefault("namespace", "default")
    if not _is_host_and_port(config.setdefault("target_host", "127.0.0.1:7233")):
        raise SettingsError("TEMPORAL_ADDRESS is no host with a port, such as 127.0.0.1:7233")
    return config


def _require_values(given: dict[str, str]) -> None:
    problems = [no_text(name) for name in given if not is_text(given[name])]
    problems += [
        f"{name} is neither true nor false"
        for name in given.keys() & SWITCHES
        if given[name].strip().lower() not in SWITCHED
    ]
    for name in given.keys() & {FILE, *PATHS} if not problems else ():
        problems += _unreadable_file(name, given[name])
    if problems:
        raise SettingsError("\n".join(sorted(problems)))


def _unreadable_file(name: str, path: str) -> list[str]:
    why = file_trouble(Path(path))
    # The path is no secret, and the operator needs it.
    return [] if why is None else [f"{name} cannot be read: {path}: {why}"]


def _unreadable(error: Exception, environment: dict[str, str]) -> str:
    # Later lines of the message quote the file, which may hold an API key.
    words = "" if isinstance(error, UnicodeError) else str(error).partition("\n")[0]
    read = sorted(name for name in environment if name in {"TEMPORAL_PROFILE", FILE, *PATHS})
    look = f" (look at {', '.join(read)})" if read else ""
    return f"TEMPORAL_…: Temporal's settings cannot be read: {words}{look}"


def _is_host_and_port(address: str) -> bool:
    found = HOST_AND_PORT.fullmatch(address)
    if found is None or not 0 < int(found[2]) <= LAST_PORT:
        return False
    host = found[1].strip("[]")
    return not found[1].startswith("[") or _is_ipv6(host)


def _is_ipv6(host: str) -> bool:
    try:
        IPv6Address(host)
    except ValueError:
        return False
    return True
