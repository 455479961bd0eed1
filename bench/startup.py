"""Measures how long a person waits for the command line.

`make bench` prints the median time of some commands as whole processes, and each time divided by
that of a bare import of the libraries that a command line with a database needs. The two run in
turn, so that a machine that slows down slows both. See docs/adr/0025-light-processes.md.
"""

import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

from sqlalchemy import URL

from operations.migrate import migrate_database
from settings.environment import plain_environment

ROUNDS = 9
BARE = [sys.executable, "-c", "import sqlalchemy.orm, typer, rich, pydantic_settings"]
MINTPOST = str(Path(sys.executable).with_name("mintpost"))
COMMANDS = ("--version", "--help", "events --help", "events", "events --json", "sales", "licenses")


def seconds(command: list[str], folder: Path) -> float:
    began = perf_counter()
    subprocess.run(  # noqa: S603 - our own command
        command, cwd=folder, env=plain_environment(), stdout=subprocess.DEVNULL, check=True
    )
    return perf_counter() - began


def measure(words: str, folder: Path) -> tuple[float, float]:
    """Return the medians of the time and of its ratio to the bare import."""
    command = [MINTPOST, *words.split()]
    pairs = [(seconds(command, folder), seconds(BARE, folder)) for _ in range(ROUNDS)]
    return median(one for one, _ in pairs), median(one / bare for one, bare in pairs)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "var").mkdir()
        migrate_database(URL.create("sqlite", database=str(folder / "var" / "mintpost.db")))
        for words in COMMANDS:
            time, ratio = measure(words, folder)
            print(f"mintpost {words:<16} {time:5.2f} s {ratio:6.2f} of the import")  # noqa: T201


if __name__ == "__main__":
    main()
