"""Finds our files that other users of the machine may write or read.

A user who may write the signing key or the data can order licenses, so the process ends. A file
that others may only read gives a warning, because mounted secrets are often readable by all.
"""

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from shlex import quote

from kit.environment import ENV_FILE, SettingsError
from settings.database import DatabaseSettings

WRITE, READ = stat.S_IWGRP | stat.S_IWOTH, stat.S_IRGRP | stat.S_IROTH


def require_private_data(settings: DatabaseSettings) -> list[str]:
    """Return a sentence for each place that others may read. Raises SettingsError."""
    file = settings.database_file()
    data_dir = settings.data_dir
    places = [("DATA_DIR", data_dir)]
    if not _is_closed(data_dir):
        # A file put into the spool becomes an event.
        places += [("DATA_DIR", data_dir / name) for name in ("spool", "outbox")]
    if file is not None and file.parent.absolute() != data_dir.absolute():
        # The folder may hold other things, and be open on purpose.
        _refuse([_writable("DATABASE_URL", file.parent)])
    if file is not None and not _is_closed(file.parent):
        beside = (file.with_name(file.name + suffix) for suffix in ("", "-wal", "-shm"))
        places += [("DATABASE_URL", each) for each in beside]
    return [*require_private(places), *_exposed_env_file()]


def _exposed_env_file() -> Iterator[str]:
    file = Path(ENV_FILE)
    # Only a warning, because we do not know if the file holds a secret.
    if stat.S_ISREG(mode := _mode(file)) and mode & (READ | WRITE):
        yield f"{ENV_FILE}: other users of this machine may read or write it: {_close(file)}"


def require_private_file(variable: str, file: Path) -> list[str]:
    """Return a sentence if others may read the file of a secret.

    Raises SettingsError if others may write the file, or replace it.
    """
    folder = file.absolute().parent
    mode = _mode(folder)
    if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
        _refuse([_writable(variable, folder)])
    return require_private([(variable, file)])


def require_private(places: Iterable[tuple[str, Path]]) -> list[str]:
    there = list(places)
    _refuse(_writable(variable, path) for variable, path in there)
    return [told for variable, path in there for told in _readable(variable, path)]


def _refuse(problems: Iterable[str | None]) -> None:
    found = [problem for problem in problems if problem is not None]
    if found:
        raise SettingsError("\n".join(found))


def _writable(variable: str, path: Path) -> str | None:
    mode = _mode(path)
    # In a folder with the sticky bit, as /tmp, nobody can touch another user's files.
    if not mode & WRITE or (stat.S_ISDIR(mode) and mode & stat.S_ISVTX):
        return None
    return (
        f"{variable}: other users of this machine may write {path}, and order licenses by that: "
        f"close it to them: {_close(path)}"
    )


def _readable(variable: str, path: Path) -> Iterator[str]:
    if _mode(path) & READ:
        yield f"{variable}: other users of this machine may read {path}: {_close(path)}"
    elif _belongs_to_another(path):
        yield (
            f"{variable}: {path} belongs to another user, who may read and write it: "
            f"sudo chown {os.geteuid()} {quote(str(path.absolute()))}"
        )


def _close(path: Path) -> str:
    return f"chmod go-rwx {quote(str(path.absolute()))}"


def _is_closed(folder: Path) -> bool:
    return not _mode(folder) & (stat.S_IXGRP | stat.S_IXOTH)


def _belongs_to_another(path: Path) -> bool:
    try:
        owner = path.stat().st_uid
    except OSError:
        return False
    return os.geteuid() not in {0, owner} and owner != 0


def _mode(path: Path) -> int:
    """Return the file's mode; 0 for a missing file or a pipe."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return 0
    return mode if stat.S_ISREG(mode) or stat.S_ISDIR(mode) else 0
