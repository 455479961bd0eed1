"""Takes SQLite's files away from the user of the product, and gives them back."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from sqlite3 import connect

NAME = "mintpost.db"
OTHER = 65534
IS_ROOT = os.geteuid() == 0
"""Root ignores file modes, so then the product works as another user."""

TAKEN_AWAY = {
    "the-file": (NAME,),
    "its-log": (f"{NAME}-wal", f"{NAME}-shm"),
    "its-folder": (".",),
}


@contextmanager
def open_to_others() -> Iterator[Path]:
    """Yield a folder open to another user, because pytest's folders are closed to others."""
    with tempfile.TemporaryDirectory() as made:
        base = Path(made)
        yield base
        give_back(base)


def copy_with_log(template: Path, folder: Path) -> None:
    """Copy a database with a log in use, because SQLite mends the mode of an empty log itself."""
    shutil.copyfile(template, folder / "origin.db")
    with closing(connect(folder / "origin.db")) as writer:
        writer.execute("PRAGMA user_version = 1")
        for suffix in ("", "-wal", "-shm"):
            shutil.copyfile(folder / f"origin.db{suffix}", folder / f"{NAME}{suffix}")
    (folder / "origin.db").unlink()


def remove_log(folder: Path) -> None:
    for suffix in ("-wal", "-shm"):
        (folder / f"{NAME}{suffix}").unlink()


def take_away(folder: Path, names: tuple[str, ...]) -> None:
    for path in (folder / name for name in names):
        if path.is_dir():
            remove_log(path)  # Only a new log needs the folder.
        if IS_ROOT:
            os.chown(path, 0, 0)
        path.chmod(0o555 if path.is_dir() else 0o444)


def give_back(folder: Path) -> None:
    with acting_as(0):
        for path in (folder, *folder.rglob("*")):
            if IS_ROOT:
                os.chown(path, OTHER, OTHER)
            path.chmod(0o755 if path.is_dir() else 0o644)


@contextmanager
def acting_as(user: int) -> Iterator[None]:
    """Let this process use files as another user, if it may."""
    if not IS_ROOT:
        yield
        return
    before = os.geteuid()
    os.seteuid(0)
    os.seteuid(user)
    yield
    os.seteuid(0)
    os.seteuid(before)
