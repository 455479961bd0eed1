#!/usr/bin/env python3
"""Makes the pictures of the README from a real sale: `make pictures`.

One `mintpost demo --keep` runs in a terminal of its own. What it prints becomes an SVG; the
e-mail that it wrote and the sale's page in Temporal's Web UI become PNGs. So do the pages of a
refund and of a sale that waits, which `mintpost trigger` sends to a `mintpost dev`.
"""

# Playwright is installed for `make pictures` alone, and `make check` does without it.
# mypy: disable-error-code="import-not-found"

import argparse
import fcntl
import json
import os
import pty
import re
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Browser, sync_playwright
from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text
from web_ui import HERE, PictureError, take_parked, take_refund, take_web_ui

COLUMNS = 106
"""The demo's longest line, the sale's address in the Web UI, just fits."""

UNKNOWN_PRODUCT = "lumen-kiosk"
"""No entry of the product mapping has it."""

FINISHED = "Ctrl-C stops it all."
PAGE = re.compile(r"as a page +(/\S+)")
WEB_UI = re.compile(r"Web UI +(http\S+)")

FONT_FACE = re.compile(r"@font-face \{.*?\}", re.DOTALL)
FONTS = "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace"

THEME = TerminalTheme(
    (22, 27, 34),
    (215, 221, 228),
    [
        (22, 27, 34),
        (248, 113, 113),
        (74, 201, 142),
        (232, 190, 98),
        (110, 168, 254),
        (196, 150, 250),
        (94, 205, 213),
        (215, 221, 228),
    ],
)


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the pictures of the README.")
    parser.add_argument("--mintpost", type=Path, required=True)
    parser.add_argument("--chromium", type=Path, required=True)
    given = parser.parse_args()
    with demonstration(given.mintpost) as printed:
        draw_terminal(printed)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=given.chromium,
                args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
            )
            take_mail(browser, place(PAGE, printed))
            take_web_ui(browser, place(WEB_UI, printed))
            with shop(given.mintpost) as pages:
                take_refund(browser, pages.refund)
                take_parked(browser, pages.parked)
            browser.close()


@contextmanager
def demonstration(mintpost: Path) -> Iterator[Text]:
    """Run the demonstration until it has shown everything; yield its output, then stop it."""
    terminal, side = pty.openpty()
    fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 60, COLUMNS, 0, 0))
    # Without TMPDIR the demo's folder is under /tmp, and the picture shows no path of ours.
    environment = {name: value for name, value in os.environ.items() if name != "TMPDIR"}
    process = subprocess.Popen(  # noqa: S603 - the command is the caller's own
        [mintpost, "demo", "--keep"],
        stdin=side,
        stdout=side,
        stderr=side,
        env=environment | {"TERM": "xterm-256color", "COLORTERM": "truecolor"},
    )
    os.close(side)
    try:
        yield Text.from_ansi(read_until_finished(terminal))
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()
        os.close(terminal)


def read_until_finished(terminal: int) -> str:
    printed = b""
    while FINISHED.encode() not in printed:
        try:
            printed += os.read(terminal, 4096)
        except OSError:
            # Linux's way to tell that nobody has the other side open any more.
            raise PictureError(f"the demo ended early:\n{printed.decode()}") from None
    return printed.decode().replace("\r\n", "\n")


@dataclass(frozen=True)
class Pages:
    """Addresses in the Web UI: a refund, and the list of the sales that wait."""

    refund: str
    parked: str


@contextmanager
def shop(mintpost: Path) -> Iterator[Pages]:
    """Sell and refund, and sell an unknown product, in a stack of its own."""
    with tempfile.TemporaryDirectory() as folder:
        port, temporal, ui = (str(free_port()) for _ in range(3))
        ports = ["--port", port, "--temporal-port", temporal, "--ui-port", ui]
        environment = {"DATA_DIR": folder, "TEMPORAL_ADDRESS": f"127.0.0.1:{temporal}"}
        with (Path(folder) / "log").open("wb") as log:
            process = subprocess.Popen(  # noqa: S603 - the command is the caller's own
                [mintpost, "dev", *ports, "--data-dir", folder], stdout=subprocess.PIPE, stderr=log
            )
        try:
            wait_until_ready(process)
            for event in ("sale", "refund"):
                tell(mintpost, environment, "trigger", event)
            (newest,) = tell(mintpost, environment, "events", "--limit", "1")
            workflow = newest["workflow_id"].replace(":", "%3A")
            sale = ("trigger", "sale", "--product", UNKNOWN_PRODUCT, "--patience", "5")
            tell(mintpost, environment, *sale, parks=True)
            workflows = f"http://127.0.0.1:{ui}/namespaces/default/workflows"
            query = quote('SaleState="parked"', safe="")
            yield Pages(f"{workflows}/{workflow}", f"{workflows}?query={query}")
        finally:
            process.send_signal(signal.SIGINT)
            process.wait()


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def wait_until_ready(process: subprocess.Popen[bytes]) -> None:
    assert process.stdout is not None  # noqa: S101 - it is a pipe
    for line in process.stdout:
        if line.strip() == b"Ctrl-C stops all of it":
            return
    raise PictureError("mintpost dev ended early")


def tell(
    mintpost: Path, environment: dict[str, str], *words: str, parks: bool = False
) -> list[dict[str, str]]:
    """Run a command of `mintpost`; return the objects that it prints. `parks`: it may exit 1."""
    command: list[str | Path] = [mintpost, *words, "--json"]
    environment = os.environ | environment
    done = subprocess.run(command, env=environment, capture_output=True, check=not parks)  # noqa: S603 - the caller's own
    told: list[dict[str, str]] = json.loads(done.stdout)
    return told


def draw_terminal(printed: Text) -> None:
    shown = printed[: printed.plain.index(FINISHED)]
    shown.rstrip()
    console = Console(record=True, width=COLUMNS, file=StringIO())
    console.print(shown, soft_wrap=True, end="\n\n")
    svg = console.export_svg(title="make demo", theme=THEME)
    # Rich names fonts on a web server; a picture asks nobody for anything.
    svg = FONT_FACE.sub("", svg).replace("Fira Code, monospace", FONTS)
    (HERE / "demo.svg").write_text(svg)


def take_mail(browser: Browser, file: str) -> None:
    page = browser.new_page(
        viewport={"width": 660, "height": 400}, device_scale_factor=2, color_scheme="light"
    )
    page.goto(f"file://{file}")
    page.screenshot(path=HERE / "e-mail.png", full_page=True)


def place(pattern: re.Pattern[str], printed: Text) -> str:
    match = pattern.search(printed.plain)
    if match is None:
        raise PictureError(f"the demo printed nothing like {pattern.pattern}")
    return match[1]


if __name__ == "__main__":
    try:
        main()
    except PictureError as error:
        sys.exit(str(error))
