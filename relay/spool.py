"""The spool: requests as files, kept while the database is away.

A file is complete or absent, and stays until its row is committed. Processes may share the
folder. If two take in the same request, its unique UUID makes one row.
"""

import asyncio
import json
import os
from base64 import b64decode, b64encode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from shlex import quote
from threading import Lock
from typing import ParamSpec, TypeVar

from pydantic import TypeAdapter, ValidationError

from db.requests import NewRequest
from kit.private_files import create_private
from relay.free_space import FreeSpace

P = ParamSpec("P")
R = TypeVar("R")

THREADS = 8
"""The spool has threads of its own, because all threads of the database may hang."""

REQUEST = TypeAdapter(NewRequest)

WAITING, SET_ASIDE, UNFINISHED = ".json", ".set-aside", ".unfinished"


class UnreadableError(Exception):
    """A file holds no request. The sentence says why and quotes nothing of the file."""


class Spool:
    """The files of one folder. Every method may raise OSError; all but `run` block."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="spool")
        self._preparing = Lock()
        self._prepared = False
        self._room = FreeSpace(folder)

    async def run(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run another method in a thread, because a disk may hang."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, lambda: work(*args, **kwargs))

    def prepare(self) -> None:
        """Make the folder, private to its owner, because requests hold addresses."""
        with self._preparing:
            if self._prepared and self.folder.is_dir():
                return
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            # The process that made the folder may have been killed before the sync.
            _sync_way_to(self.folder)
            self._prepared = True

    def keep(self, new: NewRequest) -> None:
        """Write a request to a file, which from then on survives a power cut."""
        self.prepare()
        unfinished = self.folder / f"{_name(new)}{UNFINISHED}"
        try:
            create_private(unfinished, _told(new))
            unfinished.replace(unfinished.with_suffix(WAITING))
        except OSError:
            with suppress(OSError):
                unfinished.unlink()
            raise
        _sync(self.folder)

    def files(self, suffix: str = WAITING) -> list[Path]:
        """Return the files with this suffix in order of arrival."""
        try:
            return sorted(file for file in self.folder.iterdir() if file.suffix == suffix)
        except FileNotFoundError:
            return []

    def read(self, file: Path) -> NewRequest:
        """Return the request as it came. Raises UnreadableError for a file without a request."""
        return _read_back(file.read_bytes())

    def remove(self, file: Path) -> None:
        file.unlink(missing_ok=True)

    def set_aside(self, file: Path) -> Path:
        """Rename the file, so that it is kept and not tried again."""
        return file.replace(file.with_suffix(SET_ASIDE))

    def clean(self, before: datetime) -> None:
        """Remove unfinished files from before that time: none of them was answered with 200."""
        for file in self.files(UNFINISHED):
            with suppress(FileNotFoundError):
                if file.stat().st_mtime < before.timestamp():
                    file.unlink()

    def state(self) -> str | None:
        """Return the state of the spool for a person; None if it is empty and usable."""
        if (trouble := self.trouble()) is not None:
            return f"{trouble}: a request will need the database"
        try:
            waiting, aside = len(self.files()), len(self.files(SET_ASIDE))
        except OSError as error:
            return f"cannot be read ({error.strerror}): what waits there cannot go on"
        told = [f"{waiting} waiting for the database"] if waiting else []
        told += [f"{aside} set aside, the log says why"] if aside else []
        return f"requests: {', '.join(told)}" if told else None

    def trouble(self) -> str | None:
        """Return why the spool cannot take a request; None if it can."""
        try:
            self.prepare()
        except OSError as error:
            return f"cannot be used ({error.strerror})"
        trouble = self._room.trouble()
        return None if trouble is None else f"cannot be written ({trouble})"


def _name(new: NewRequest) -> str:
    return f"{new.received_at.astimezone(UTC):%Y%m%dT%H%M%S%fZ}-{new.request_id}"


def _told(new: NewRequest) -> bytes:
    fields = {
        **asdict(new),
        "request_id": str(new.request_id),
        "received_at": new.received_at.isoformat(),
        "body": b64encode(new.body).decode(),
    }
    return json.dumps(fields).encode()


def _read_back(content: bytes) -> NewRequest:
    try:
        fields = json.loads(content)
        fields["body"] = b64decode(fields["body"], validate=True)
        return REQUEST.validate_python(fields)
    except ValidationError as error:
        names = sorted({str(detail["loc"][0]) for detail in error.errors() if detail["loc"]})
        raise UnreadableError(f"its fields are no request's: {', '.join(names)}") from None
    except (ValueError, TypeError, LookupError, RecursionError) as error:
        raise UnreadableError(f"it holds no request: {type(error).__name__}") from None


def _sync_way_to(folder: Path) -> None:
    """Sync each parent folder, up to the mount point of this disk."""
    for above in folder.absolute().parents:
        with suppress(PermissionError):  # A folder that we may not read existed before us.
            _sync(above)
        if above.is_mount():
            break


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def put_back(file: Path) -> str:
    """Return the shell's command that has the API store a file again that was set aside."""
    return f"mv {quote(str(file))} {quote(str(file.with_suffix(WAITING)))}"
