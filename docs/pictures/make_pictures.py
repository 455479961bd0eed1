#!/usr/bin/env python3
"""Makes the pictures of the README from a real sale: `make pictures`.

One `mintpost demo --keep` runs in a terminal of its own. What it prints becomes an SVG; the
e-mail that it wrote and the sale's page in Temporal's Web UI become PNGs. So does the page of a
refund, which `mintpost trigger` sends to a `mintpost dev`.
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
from io import StringIO
from pathlib import Path

from playwright.sync_api import Browser, FloatRect, Locator, Page, sync_playwright
from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

HERE = Path(__file__).parent
COLUMNS = 106
"""The demo's longest line, the sale's address in the Web UI, just fits."""

MARGIN = 8
"""The margin around a picture of the Web UI, in pixels."""

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


class PictureError(Exception):
    """The demonstration did not show the subjects of the pictures."""


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
            with refund(given.mintpost) as address:
                take_refund(browser, address)
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


@contextmanager
def refund(mintpost: Path) -> Iterator[str]:
    """Sell and refund in a stack of its own; yield the refund's page in the Web UI."""
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
            yield f"http://127.0.0.1:{ui}/namespaces/default/workflows/{workflow}"
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


def tell(mintpost: Path, environment: dict[str, str], *words: str) -> list[dict[str, str]]:
    """Run a command of `mintpost`; return the objects that it prints."""
    done = subprocess.run(  # noqa: S603 - the command is the caller's own
        [mintpost, *words, "--json"], env=os.environ | environment, capture_output=True, check=True
    )
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


def wide_page(browser: Browser, address: str) -> Page:
    page = browser.new_page(
        viewport={"width": 1580, "height": 1000}, device_scale_factor=1.5, color_scheme="light"
    )
    page.goto(address)
    return page


def take_web_ui(browser: Browser, address: str) -> None:
    page = wide_page(browser, address)
    title = page.get_by_role("heading", level=1)
    # Oldest first, as the story goes.
    page.get_by_text("Event History").first.click()
    page.get_by_text("Compact", exact=True).click()
    page.get_by_text("Descending", exact=True).click()
    page.get_by_text("close as fulfilled").wait_for()
    take(page, "web-ui.png", title, page.get_by_role("table"))

    page.get_by_text("User Metadata").first.click()
    # The Web UI renders Markdown in frames: summary, details, current details.
    details = page.locator("iframe").nth(1)
    details.content_frame.get_by_text("mintpost show").wait_for()
    page.locator("iframe").nth(2).content_frame.get_by_text("fulfilled").wait_for()
    take(page, "web-ui-details.png", page.get_by_text("Summary", exact=True), details)


def take_refund(browser: Browser, address: str) -> None:
    page = wide_page(browser, address)
    title = page.get_by_role("heading", level=1)
    page.get_by_text("User Metadata").first.click()
    details = page.locator("iframe").nth(1)
    details.content_frame.get_by_text("mintpost show").wait_for()
    page.locator("iframe").nth(2).content_frame.get_by_text("applied").wait_for()
    take(page, "web-ui-refund.png", title, details)


def take(page: Page, name: str, first: Locator, last: Locator) -> None:
    """Picture two elements and the space between them, without the menus around."""
    main, top, bottom = (box(element) for element in (page.get_by_role("main"), first, last))
    start = top["y"] - MARGIN
    end = bottom["y"] + bottom["height"] + MARGIN
    area = FloatRect(x=main["x"], y=start, width=main["width"], height=end - start)
    page.screenshot(path=HERE / name, clip=area, animations="disabled")


def box(element: Locator) -> FloatRect:
    found = element.bounding_box()
    if found is None:
        raise PictureError("the Web UI's page is built otherwise than this script knows it")
    return found


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
