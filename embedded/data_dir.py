"""The folder of an embedded stack: private to its owner, locked, and holding generated secrets."""

import fcntl
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from kit.private_files import replace_private
from kit.refusals import RefusedError
from licensing.signing import generate_private_key
from storefronts.registry import DEFAULT

WEBHOOK_FILE = "webhook-secret"


class DataDirTakenError(RefusedError):
    """Another `mintpost dev` holds the folder. The sentence names the folder."""


def generated_secrets(data_dir: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """Return the secrets that the environment lacks.

    They are generated once and kept in `data_dir`.
    """
    made: dict[str, str] = {}
    given = environment.keys() & {"LICENSE_SIGNING_KEY", "LICENSE_SIGNING_KEY_FILE"}
    if not any(environment[name] for name in given):
        key = _keep(data_dir / "signing-key.pem", generate_private_key)
        made["LICENSE_SIGNING_KEY_FILE"] = str(key)
    if not environment.get(DEFAULT.secret_variable):
        secret = _keep(data_dir / WEBHOOK_FILE, lambda: secrets.token_urlsafe(24))
        made[DEFAULT.secret_variable] = secret.read_text()
    return made


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
def locked_data_dir(data_dir: Path) -> Iterator[None]:
    """Lock the data dir, because two Temporal servers writing one file would corrupt the file."""
    with (data_dir / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DataDirTakenError(
                f"another `mintpost dev` runs in {data_dir}: stop it, or choose another --data-dir"
            ) from None
        yield


def _keep(path: Path, make: Callable[[], str]) -> Path:
    if not path.exists():
        # Rename a finished file into place. After a crash, an empty file would be read as the
        # secret.
        replace_private(path, make().encode())
    return path
