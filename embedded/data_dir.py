"""The folder of an embedded stack: private to its owner, locked, and holding generated secrets."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kit.refusals import RefusedError
from storefronts.registry import DEFAULT, PACKAGES

WEBHOOK_FILE = "webhook-secret"
SECRETS_OF_SHOPS = "_WEBHOOK_SECRET"
SIGNING_KEY_FILE = "signing-key.pem"
LOCK_FILE = "lock"


class DataDirTakenError(RefusedError):
    """Another `mintpost dev` holds the folder. The sentence names the folder."""


def make_private(folder: Path, named_by: str | None = None) -> None:
    """Create the data dir with mode 0700: it holds addresses, licenses and a signing key.

    Raises OSError; or, when `named_by` is given, RefusedError with the name of the setting.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        if named_by is None:
            raise
        why = f"{named_by} cannot be used: the folder {folder} cannot be made ({error.strerror})"
        raise RefusedError(f"{why}: name another, or mend its parent") from None


@contextmanager
def locked_data_dir(data_dir: Path, address: str = "") -> Iterator[None]:
    """Lock the data dir, because two Temporal servers writing one file would corrupt the file.

    The lock's file holds the API's address for commands in another terminal.
    """
    # Opened to append, because a process that does not get the lock must not empty the file.
    with (data_dir / LOCK_FILE).open("a") as file:
        # `mintpost dev` becomes another program, which holds the folder on.
        os.set_inheritable(file.fileno(), True)  # noqa: FBT003 - the name says it
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DataDirTakenError(
                f"another `mintpost dev` runs in {data_dir}: stop it, or choose another --data-dir"
            ) from None
        file.truncate(0)
        file.write(address)
        file.flush()
        yield


def last_address(data_dir: Path) -> str | None:
    """Return the API's address of the `mintpost dev` that had the data dir last, or has it now."""
    return _kept(data_dir / LOCK_FILE)


def secret_files(data_dir: Path) -> dict[str, Path]:
    """Name the file of each webhook's secret that `mintpost dev` makes, by the variable.

    A shop that signs its requests has a secret for its live side, and one for its test side.
    """
    variables = {
        name for each in PACKAGES for name in each.api_variables if name.endswith(SECRETS_OF_SHOPS)
    }
    named = {name: data_dir / name.lower().replace("_", "-") for name in sorted(variables)}
    return {**named, DEFAULT.secret_variable: data_dir / WEBHOOK_FILE}


def kept_secrets(data_dir: Path) -> dict[str, str]:
    """Return the webhooks' secrets that `mintpost dev` made, by their variables."""
    found = {name: _kept(file) for name, file in secret_files(data_dir).items()}
    return {name: secret for name, secret in found.items() if secret is not None}


def kept_settings(data_dir: Path) -> dict[str, str]:
    """Return the settings that `mintpost dev` made for itself, with the file of its signing key."""
    key = data_dir / SIGNING_KEY_FILE
    signing = {"LICENSE_SIGNING_KEY_FILE": str(key)} if key.is_file() else {}
    return {**kept_secrets(data_dir), **signing}


def _kept(file: Path) -> str | None:
    try:
        return file.read_text().strip() or None
    except FileNotFoundError:
        return None
