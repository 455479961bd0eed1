"""`mintpost dev` as real processes: one stack from a .env, at which each test looks.

The last test ends it.
"""

import asyncio
import os
import re
import shlex
import signal
import stat
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from sqlalchemy import URL, text

from db.engine import open_engine
from embedded.child_environment import OURS
from embedded.data_dir import last_address
from embedded.ports import NO_TLS
from fakes.postmark import FakePostmark
from tests.support.commanding import Run
from tests.support.processes import MINTPOST, Running, all_gone, some_ports, start

PRODUCT = "prod_TxAbCdEfGhIjKl"
PRODUCTS = f"""\
gumroad:
  - {{product_id: lumen, tier: core}}
stripe:
  - {{product_id: {PRODUCT}, license: none}}
"""
SECRETS = {
    "GUMROAD_WEBHOOK_SECRET": "the-old-long-secret,the-new-long-secret",
    "EMAIL_FROM": "Lumen <hello@lumenapp.example>",
    "POSTGRES_PASSWORD": "compose-password-in-the-file",
    "TEMPORAL_API_KEY": "cloud-key-in-the-file",
}
SETTINGS = {
    "PRODUCTS_FILE": "mapping.yaml",
    "SHOP_NAME": "Lumen & Söhne",
    "SHOP_URL": "https://lumenapp.example",
    "OPERATOR_EMAIL": "Me <me@example.com>",
    # Another cluster's: the embedded server's flags must win over all of it.
    "TEMPORAL_ADDRESS": "temporal.invalid:7233",
    "TEMPORAL_NAMESPACE": "elsewhere",
    "TEMPORAL_TLS": "true",
}
EXPORTED = {"PGPASSWORD": "exported-password", "postmark_message_stream": "exported-stream"}


@dataclass(frozen=True, slots=True)
class Dev:
    """The running stack, its folder, its mail provider, its own secrets and its settings."""

    running: Running
    folder: Path
    postmark: FakePostmark
    secrets: dict[str, str]
    settings: dict[str, str]

    def commanding(self) -> dict[str, str]:
        """Return the settings of a command in another terminal."""
        (said,) = re.findall("  commands +export (.+); mintpost events", self.running.output())
        named = dict(word.split("=", 1) for word in shlex.split(said))
        mapping = {"PRODUCTS_FILE": str(self.folder / "mapping.yaml")}
        return {"DATABASE_URL": self.settings["DATABASE_URL"], **mapping, **named}


@pytest.fixture(scope="module")
def empty_database(postgres: URL) -> str:
    name = f"mintpost_dev_{os.getpid()}"
    engine = open_engine(postgres.set(database="postgres"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    url = postgres.set(drivername="postgresql", database=name)
    return url.render_as_string(hide_password=False)


@pytest.fixture(scope="module")
async def dev(empty_database: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Dev]:
    folder = tmp_path_factory.mktemp("dev")
    (folder / "mapping.yaml").write_text(PRODUCTS)
    async with FakePostmark() as postmark:
        secrets = {**SECRETS, "POSTMARK_TOKEN": postmark.token}
        named = {"DATABASE_URL": empty_database, "POSTMARK_API_URL": postmark.url}
        settings = {**SETTINGS, **secrets, **named}
        (folder / ".env").write_text("".join(f"{n}='{value}'\n" for n, value in settings.items()))
        command = (*MINTPOST, "dev", *some_ports(), f"--data-dir={folder / 'deep' / 'my data'}")
        async with start(*command, folder=folder, environment=EXPORTED) as running:
            await running.says("Ctrl-C stops all of it")
            yield Dev(running, folder, postmark, secrets, settings)


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
    given = {**dev.secrets, **EXPORTED}
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


async def test_its_addresses_are_those_that_it_tells(dev: Dev) -> None:
    temporal, data_dir = dev.commanding()["TEMPORAL_ADDRESS"], dev.commanding()["DATA_DIR"]
    assert f"(Web UI), {temporal}\n" in dev.running.output()
    assert f"webhook   {last_address(Path(data_dir))}/" in dev.running.output()
    (web_ui,) = re.findall(r"Temporal +(http\S+) \(Web UI\)", dev.running.output())
    async with httpx.AsyncClient(trust_env=False, verify=NO_TLS) as http:
        assert (await http.get(web_ui, follow_redirects=True)).status_code == 200


async def test_a_made_up_sale_of_a_shop_is_completed_without_a_key(
    dev: Dev, clean: pytest.MonkeyPatch, mint: Run
) -> None:
    for name, value in dev.commanding().items():
        clean.setenv(name, value)
    # The product has no license, so that nothing is mailed.
    words = ("sale", "--source=stripe", f"--product={PRODUCT}", "--patience=60")
    told = await asyncio.to_thread(mint, "trigger", *words)
    assert (told.code, "no_license" in told.out) == (0, True), told


async def test_a_sale_runs_through_what_its_env_file_describes(
    dev: Dev, clean: pytest.MonkeyPatch, mint: Run
) -> None:
    (folder := dev.folder / "smoke").mkdir()
    for name in (".env", "mapping.yaml"):
        (folder / name).symlink_to(dev.folder / name)
    clean.chdir(folder)
    url = last_address(Path(dev.commanding()["DATA_DIR"]))
    told = await asyncio.to_thread(mint, "smoke", "--url", str(url))
    said = told.out + told.err
    assert (told.code, said.count("✓")) == (0, 7), said
    (mail,) = dev.postmark.accepted
    assert (mail.message["To"], mail.message["MessageStream"]) == (
        "me@example.com",
        "exported-stream",
    )
    assert "Sold by      Lumen & Söhne, https://lumenapp.example\n" in mail.message["TextBody"]
    assert "write to hello@lumenapp.example" in mail.message["TextBody"]
    secrets = (*SECRETS["GUMROAD_WEBHOOK_SECRET"].split(","), dev.postmark.token)
    for secret in (*secrets, SECRETS["TEMPORAL_API_KEY"]):
        assert secret not in dev.running.output() + said


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that it is alone")
async def test_killing_it_outright_ends_its_processes_too(dev: Dev) -> None:
    children = await dev.running.children(3)
    await dev.running.stop(signal.SIGKILL)
    await all_gone(children)
    assert "Traceback" not in dev.running.output()
