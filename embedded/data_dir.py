"""The folder of an embedded stack: its own secrets, and a lock, for its owner alone."""

import fcntl
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from kit.refusals import RefusedError
from licensing.signing import generate_private_key

WEBHOOK_FILE = "webhook-secret"


class DataDirTakenError(RefusedError):
    """Says which folder another `mintpost dev` holds."""


def own_secrets(data_dir: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """Return what the environment lacks for a start, made once and kept under the data dir."""
    made: dict[str, str] = {}
    given = environment.keys() & {"LICENSE_SIGNING_KEY", "LICENSE_SIGNING_KEY_FILE"}
    if not any(environment[name] for name in given):
        key = _keep(data_dir / "signing-key.pem", generate_private_key)
        made["LICENSE_SIGNING_KEY_FILE"] = str(key)
    if not environment.get("GUMROAD_WEBHOOK_SECRET"):
        secret = _keep(data_dir / WEBHOOK_FILE, lambda: secrets.token_urlsafe(24))
        made["GUMROAD_WEBHOOK_SECRET"] = secret.read_text()
    return made


def make_private(folder: Path, named_by: str | None = None) -> None:
    """Make the data dir, for its owner alone: it holds addresses, licenses and a signing key.

    Raises OSError, or RefusedError with the name of the setting that names the folder.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        if named_by is None:
            raise
        why = f"{named_by} cannot be used: the folder {folder} cannot be made ({error.strerror})"
        raise RefusedError(f"{why}: name another, or mend its parent") from None


@contextmanager
def only_one(data_dir: Path) -> Iterator[None]:
    """Hold the data dir: two servers that write one Temporal file would spoil it."""
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
        # Whole or not at all: an empty file would be taken for a secret from then on.
        unfinished = path.with_name(f".{path.name}")
        unfinished.touch(mode=0o600)
        unfinished.write_text(make())
        unfinished.replace(path)
    return path
