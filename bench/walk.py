"""Walks an operator's worst morning with a stopwatch: a product sold before it was mapped.

`make bench` prints when the alert came, and when the license was delivered after the one edit. The
stack is that of `mintpost dev`, with its own pauses. Only ALERT_AFTER_SECONDS is shorter, so that
nobody waits for five minutes. See docs/runbook.md.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar

from typing_extensions import override

from embedded.ports import HOST, free_ports
from settings.environment import plain_environment

MINTPOST = str(Path(sys.executable).with_name("mintpost"))
ALERT_AFTER_SECONDS = 10
PRODUCT = "new-tool"
BEFORE = "gumroad:\n  - {product_id: old-tool, tier: old}\n"
EDIT = f"  - {{product_id: {PRODUCT}, tier: new}}\n"
LOOK_SECONDS = 0.1
T = TypeVar("T")

alerts: list[dict[str, Any]] = []


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        alerts.append(json.loads(body))
        self.send_response(200)
        self.end_headers()

    @override
    def log_message(self, format: str, *args: object) -> None: ...


def until(look: Callable[[], T | None]) -> T:
    while (found := look()) is None:
        time.sleep(LOOK_SECONDS)
    return found


def firing() -> dict[str, Any] | None:
    told = [each for body in alerts for each in body["alerts"] if PRODUCT in each["sentence"]]
    return told[0] if told else None


def closed() -> bool | None:
    return any(body["status"] == "resolved" for body in alerts) or None


def walk(folder: Path, mintpost: Callable[..., str]) -> None:
    products = folder / "products.yaml"

    def delivered() -> bool | None:
        mails = json.loads(mintpost("deliveries", "--json"))
        return [mail["status"] for mail in mails] == ["logged"] or None

    began = time.monotonic()
    mintpost("trigger", "sale", "--product", PRODUCT)
    alert = until(firing)
    told = time.monotonic()
    print(f"alert after {told - began:.0f} s: {alert['sentence']}")  # noqa: T201
    products.write_text(BEFORE + EDIT)  # The one edit. Nobody types a command.
    until(delivered)
    print(f"license delivered {time.monotonic() - told:.0f} s after the edit, no restart")  # noqa: T201
    until(closed)
    print(f"closing note {time.monotonic() - told:.0f} s after the edit")  # noqa: T201


def main() -> None:
    server = HTTPServer((HOST, 0), Receiver)
    Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "products.yaml").write_text(BEFORE)
        environment = plain_environment() | {
            "ALERT_WEBHOOK_URL": f"http://{HOST}:{server.server_port}/",
            "ALERT_AFTER_SECONDS": str(ALERT_AFTER_SECONDS),
        }
        port, temporal, ui = map(str, free_ports(3))
        dev = [MINTPOST, "dev", "--port", port, "--temporal-port", temporal, "--ui-port", ui]
        process = subprocess.Popen(  # noqa: S603 - our own command
            dev, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True
        )

        def mintpost(*words: str) -> str:
            done = subprocess.run(  # noqa: S603 - our own command
                [MINTPOST, *words], cwd=folder, env=environment, stdout=subprocess.PIPE, text=True,
                check=words[0] != "trigger",
            )  # fmt: skip
            return done.stdout

        try:
            assert process.stdout is not None  # noqa: S101 - it is a pipe
            while "ready" not in process.stdout.readline():
                pass
            walk(folder, mintpost)
        finally:
            process.terminate()
            process.wait()


if __name__ == "__main__":
    os.environ["PYTHONUNBUFFERED"] = "1"
    main()
