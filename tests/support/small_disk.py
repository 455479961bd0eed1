"""A disk that is soon full."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from subprocess import run

import pytest


@contextmanager
def mounted(folder: Path, size: str) -> Iterator[None]:
    """Mount a disk of this size. Skips the test on a machine that lets us mount none."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    with suppress(OSError):
        if run(mount, capture_output=True, check=False).returncode == 0:  # noqa: S603 - words of ours
            yield
            run(["umount", "--lazy", str(folder)], check=True)  # noqa: S603, S607 - as above
            return
    pytest.skip("no small disk can be mounted here")
