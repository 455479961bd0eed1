"""Checks the text, files and folders that settings name."""

import errno
import os
import re
import stat
from pathlib import Path


def is_text(value: str) -> bool:
    """Return true if UTF-8 can encode the value: the environment may hold any bytes."""
    return not re.search("[\ud800-\udfff]", value)


def no_text(name: str) -> str:
    return f"{name} is no text: it holds bytes that are no UTF-8"


def file_trouble(path: Path) -> str | None:
    """Return why the file cannot be read, or None. A pipe counts as readable."""
    try:
        if path.is_dir():
            return "it is a folder"
        path.stat()
    except (OSError, ValueError) as error:
        return os_words(error)
    return None if os.access(path, os.R_OK) else os.strerror(errno.EACCES)


def folder_trouble(path: Path) -> str | None:
    """Return why the folder cannot be used, or None.

    A missing folder counts if it can be created.
    """
    for place in (path, *path.absolute().parents):
        try:
            return None if stat.S_ISDIR(place.stat().st_mode) else f"{place} is no folder"
        except (FileNotFoundError, NotADirectoryError):
            continue
        except (OSError, ValueError) as error:
            return os_words(error)
    return None


def os_words(error: OSError | ValueError) -> str:
    words = error.strerror if isinstance(error, OSError) else None
    return words or "it is no path"
