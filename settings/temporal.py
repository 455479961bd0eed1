"""Where Temporal is, as its own SDK reads it."""

import re

from temporalio.envconfig import ClientConfig, ClientConnectConfig

from settings.base import SettingsError
from settings.loading import whole_environment

HOST_AND_PORT = re.compile(r"([\w.-]+|\[[\da-f:.]+\]):\d{1,5}", re.ASCII | re.IGNORECASE)


def temporal_config() -> ClientConnectConfig:
    """Return what `Client.connect` takes, read as `temporalio.envconfig` defines it.

    Raises SettingsError where a profile or a file that the environment names cannot be read.
    """
    # Blank ones as well would be taken for an API key, or for the wish to encrypt.
    environment = {name: value for name, value in whole_environment().items() if value.strip()}
    try:
        config = ClientConfig.load_client_connect_config(override_env_vars=environment)
    except (RuntimeError, OSError) as error:
        # Further lines of it quote the file, which may hold an API key.
        words = str(error).partition("\n")[0]
        raise SettingsError(f"TEMPORAL_…: Temporal's settings cannot be read: {words}") from None
    config.setdefault("namespace", "default")
    if not HOST_AND_PORT.fullmatch(config.setdefault("target_host", "127.0.0.1:7233")):
        raise SettingsError("TEMPORAL_ADDRESS is no host with a port, such as 127.0.0.1:7233")
    return config
