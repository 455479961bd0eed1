"""The secrets that an embedded stack makes for itself."""

import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

from embedded.data_dir import SIGNING_KEY_FILE, secret_files
from kit.private_files import replace_private
from licensing.private_keys import generate_private_key


def generated_secrets(data_dir: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """Return the secrets that the environment lacks.

    They are generated once and kept in `data_dir`.
    """
    made: dict[str, str] = {}
    given = environment.keys() & {"LICENSE_SIGNING_KEY", "LICENSE_SIGNING_KEY_FILE"}
    if not any(environment[name] for name in given):
        key = _keep(data_dir / SIGNING_KEY_FILE, generate_private_key)
        made["LICENSE_SIGNING_KEY_FILE"] = str(key)
    for variable, file in secret_files(data_dir).items():
        if not environment.get(variable):
            made[variable] = _keep(file, lambda: secrets.token_urlsafe(24)).read_text()
    return made


def _keep(path: Path, make: Callable[[], str]) -> Path:
    if not path.exists():
        # Rename a finished file into place. After a crash, an empty file would be read as the
        # secret.
        replace_private(path, make().encode())
    return path
