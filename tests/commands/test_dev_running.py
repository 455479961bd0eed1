"""`mintpost dev` while it runs: one stack, which each test looks at, and the last one ends."""

import os
import re
import shlex
import signal
import stat
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from embedded.child_environment import OURS
from embedded.data_dir import last_address
from tests.support.processes import MINTPOST, Running, all_gone, run, some_ports, start

PRODUCTS = """\
gumroad:
  - {product_id: lumen, tier: core}
stripe:
  - {product_id: prod_TxAbCdEfGhIjKl, license: none}
"""
SECRETS = {
    "GUMROAD_WEBHOOK_SECRET": "webhook-secret-in-the-file",
    "POSTMARK_TOKEN": "mail-token-in-the-file",
    "EMAIL_FROM": "shop@example.com",
    "POSTGRES_PASSWORD": "compose-password-in-the-file",
    "TEMPORAL_API_KEY": "cloud-key-in-the-file",
}
EXPORTED = {"PGPASSWORD": "exported-password", "postmark_message_stream": "exported-stream"}


@dataclass(frozen=True, slots=True)
class Dev:
    running: Running
    folder: Path


@pytest.fixture(scope="module")
async def dev(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Dev]:
    folder = tmp_path_factory.mktemp("dev")
    (folder / "products.yaml").write_text(PRODUCTS)
    (folder / ".env").write_text("".join(f"{n}='{value}'\n" for n, value in SECRETS.items()))
    command = (*MINTPOST, "dev", *some_ports(), f"--data-dir={folder / 'deep' / 'my data'}")
    async with start(*command, folder=folder, environment=EXPORTED) as running:
        await running.says("Ctrl-C stops all of it")
        yield Dev(running, folder)


def environment_in(pid: int) -> dict[str, str]:
    pairs = Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0")
    return dict(pair.split("=", 1) for pair in pairs if pair)


def process_in(pid: int) -> str:
    command = Path(f"/proc/{pid}/cmdline").read_bytes().decode()
    return next(name for name in ("uvicorn", "worker", "temporal") if name in command)


def readable_by_others(folder: Path) -> list[str]:
    return [
        str(path.relative_to(folder))
        for path in (folder, *folder.rglob("*"))
        if stat.S_IMODE(path.stat().st_mode) & 0o077
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
async def test_no_child_knows_another_s_secret_and_no_file_is_open_to_others(dev: Dev) -> None:
    children = await dev.running.children(3)
    found = {process_in(pid): environment_in(pid) for pid in children}
    assert readable_by_others(dev.folder / "deep") == []
    given = {**SECRETS, **EXPORTED}
    known = {
        name: {secret for secret in given if given[secret] in process.values()}
        for name, process in found.items()
    }
    # The stream's name is read in either case, and handed on in capitals.
    assert known == {
        "temporal": set(),
        "uvicorn": {"GUMROAD_WEBHOOK_SECRET", "PGPASSWORD"},
        "worker": {"POSTMARK_TOKEN", "EMAIL_FROM", "PGPASSWORD", "postmark_message_stream"},
    }
    assert found["temporal"].keys() & (OURS - {"DATA_DIR"}) == set()
    holders = [n for n, each in found.items() if each.get("LICENSE_SIGNING_KEY_FILE")]
    assert holders == ["worker"]


async def test_it_tells_how_commands_of_another_terminal_find_it(dev: Dev) -> None:
    (said,) = re.findall("  commands +export (.+); mintpost events", dev.running.output())
    environment = dict(word.split("=", 1) for word in shlex.split(said))
    (dev.folder / "elsewhere").mkdir()
    code, listed = await run(
        *MINTPOST, "events", folder=dev.folder / "elsewhere", environment=environment
    )
    assert (code, listed) == (0, "no events\n")
    assert f"(Web UI), {environment['TEMPORAL_ADDRESS']}\n" in dev.running.output()
    assert f"webhook   {last_address(Path(environment['DATA_DIR']))}/" in dev.running.output()


async def test_a_made_up_sale_of_a_shop_is_completed_without_a_key(dev: Dev) -> None:
    (said,) = re.findall("  commands +export (.+); mintpost events", dev.running.output())
    environment = dict(word.split("=", 1) for word in shlex.split(said))
    environment["PRODUCTS_FILE"] = str(dev.folder / "products.yaml")
    (folder := dev.folder / "another").mkdir()
    product = "prod_TxAbCdEfGhIjKl"  # It has no license, so that nothing is mailed.
    words = ("sale", "--source=stripe", f"--product={product}", "--patience=60")
    code, told = await run(*MINTPOST, "trigger", *words, folder=folder, environment=environment)
    assert (code, "no_license" in told) == (0, True), told


async def test_a_part_that_dies_ends_the_rest_with_a_sentence(dev: Dev) -> None:
    children = await dev.running.children(3)
    os.kill(min(children), signal.SIGKILL)
    assert await dev.running.process.wait() == 1
    await all_gone(children)
    assert "temporal ended with exit code -9" in dev.running.output()
    assert "Traceback" not in dev.running.output()
