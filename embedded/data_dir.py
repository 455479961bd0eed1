"""The folder of an embedded stack: private to its owner, locked, and holding generated secrets."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kit.refusals import RefusedError

WEBHOOK_FILE = "webhook-secret"


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
def locked_data_dir(data_dir: Path) -> Iterator[None]:
    """Lock the data dir, because two Temporal servers writing one file would corrupt the file."""
    with (data_dir / "lock").open("w") as file:
        # `mintpost dev` becomes another program, which holds the folder on.
        os.set_inheritable(file.fileno(), True)  # noqa: FBT003 - the name says it
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DataDirTakenError(
                f"another `mintpost dev` runs in {data_dir}: stop it, or choose another --data-dir"
            ) from None
        yield
