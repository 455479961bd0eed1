"""The current product mapping on disk, or the last valid one."""

import hashlib
import logging
import stat
from collections.abc import Sequence
from pathlib import Path
from threading import Lock

from catalog.entries import read_catalog
from catalog.mistakes import MistakesError
from domain.catalog import Catalog
from kit.refusals import FixableError

LARGEST = 1024 * 1024

logger = logging.getLogger(__name__)

Signature = tuple[int, ...]


class ProductsFileError(FixableError):
    """The mistakes in the mapping: one sentence each, with file and line."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class ProductsFile:
    """Checks the file on each call, and reads it again after a change.

    A running worker survives every edit: while the file is broken or missing, the last valid
    mapping stays in use. Only the constructor raises ProductsFileError.
    """

    def __init__(self, path: Path, sources: Sequence[str]) -> None:
        self._path = path
        self._sources = sources
        self._lock = Lock()
        self._signature: Signature | None = _look(path)
        self._catalog = parse_products(path, _read(path), sources)
        self._told: str | None = None

    def current(self) -> Catalog:
        with self._lock:
            try:
                self._look_again()
            except ProductsFileError as error:
                self._tell(str(error), error)
            return self._catalog

    def unchanged(self) -> Catalog | None:
        """Return the mapping after a glance at the file; None: `current` must read the file."""
        if not self._lock.acquire(blocking=False):
            return None
        try:
            return self._catalog if _look(self._path) == self._signature else None
        except ProductsFileError:
            return None
        finally:
            self._lock.release()

    def _look_again(self) -> None:
        # Cleared until the file is read, so that an unreadable file is tried again each time.
        before, self._signature = self._signature, None
        # Taken before the content, so that the next call notices a change in between.
        signature = _look(self._path)
        if signature != before:
            self._take(_read(self._path))
        self._signature = signature

    def _take(self, content: bytes) -> None:
        try:
            catalog = parse_products(self._path, content, self._sources)
        except ProductsFileError as error:
            self._tell(hashlib.sha256(content).hexdigest(), error)
            return
        if self._told is not None:
            logger.info("%s is good again and in use", self._path)
        elif catalog.sha256 != self._catalog.sha256:
            logger.info("%s has changed; the new mapping is in use", self._path)
        self._told = None
        self._catalog = catalog

    def _tell(self, what: str, error: ProductsFileError) -> None:
        """Log an error, but not the same error twice in a row."""
        if what != self._told:
            logger.error("the product mapping as read before stays in use, because\n%s", error)
        self._told = what


def parse_products(path: Path, content: bytes, sources: Sequence[str]) -> Catalog:
    """Read the content of the file at `path`. Raises ProductsFileError."""
    if len(content) > LARGEST:
        raise ProductsFileError(f"{path}: larger than {LARGEST:,} bytes, the most that is read")
    try:
        return read_catalog(content, sources)
    except MistakesError as error:
        raise ProductsFileError(
            *(f"{path}:{mistake.line}: {mistake.sentence}" for mistake in error.mistakes)
        ) from None


def _look(path: Path) -> Signature:
    """Return a value that changes with an edit, a rename, a new link target or a new mode."""
    try:
        found = path.stat()
    except FileNotFoundError:
        raise ProductsFileError(
            f"{path}: does not exist: write one, products.yaml in the repository is an example"
        ) from None
    except OSError as error:
        raise _unreadable(path, error) from None
    if not stat.S_ISREG(found.st_mode):
        # Docker creates a directory when the file of a bind mount is missing.
        raise ProductsFileError(f"{path}: is not a file")
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: OSError) -> ProductsFileError:
    return ProductsFileError(f"{path}: cannot be read: {error.strerror}")
