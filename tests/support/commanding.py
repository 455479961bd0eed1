"""Runs the `mintpost` command in this process, on a database with history."""

import os
import shutil
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes
from functools import cache
from pathlib import Path

import pytest
import typer.main
from sqlalchemy import URL
from temporalio.client import Client
from temporalio.service import RPCError
from typer.main import get_command

import cli
import commands.database
from db.engine import Database, open_engine
from licensing.signing import Signer
from settings.environment import plain_environment
from tests.support.pings import changed, recorded
from tests.support.running import Mintpost, Setup, running
from tests.support.statements import CompiledOnce

BUILT = cache(get_command)
"""Typer builds every command anew for each run, which takes an eightieth of a second."""

SENTENCE = 'unmapped product "no-such-product": add it under gumroad in products.yaml'


@dataclass(frozen=True, slots=True)
class Answer:
    code: int
    out: str
    err: str


Run = Callable[..., Answer]


@pytest.fixture
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """Change to a folder without .env, and remove this machine's settings."""
    monkeypatch.chdir(tmp_path)
    for name in os.environ.keys() - plain_environment().keys():
        monkeypatch.delenv(name)
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", os.devnull)
    return monkeypatch


@pytest.fixture
def mint(
    clean: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], compiled_once: CompiledOnce
) -> Run:
    """Run a command as a shell does. `terminal` sets the width."""
    clean.setattr(commands.database, "open_engine", compiled_once.opened_later)
    clean.setattr(typer.main, "get_command", BUILT)

    def run(*arguments: str, terminal: int | None = None) -> Answer:
        clean.setattr(sys, "argv", ["mintpost", *arguments])
        if terminal is not None:
            clean.setenv("COLUMNS", str(terminal))
            clean.setattr(sys.stdout, "isatty", lambda: True)
        umask = os.umask(0o077)
        try:
            cli.main()  # It sets the process's umask.
        except SystemExit as stopped:
            return answer(stopped.code)
        finally:
            os.umask(umask)
        return answer(0)

    def answer(code: str | int | None) -> Answer:
        said = capsys.readouterr()
        if isinstance(code, str):  # Python itself prints such a text and exits with 1.
            return Answer(1, said.out, f"{said.err}{code}\n")
        return Answer(code or 0, said.out, said.err)

    return run


@dataclass(frozen=True, slots=True)
class Shop:
    """A fulfilled sale, its copy, a sale of an unmapped product, and a request without an id."""

    mintpost: Mintpost
    sold: str
    parked: str

    def token(self, name: str = "delivery-1.eml") -> str:
        mail = message_from_bytes((self.mintpost.outbox / name).read_bytes())
        (attached,) = (part for part in mail.walk() if part.get_filename() == "license.jwt")
        content = attached.get_payload(decode=True)
        assert isinstance(content, bytes)
        return content.decode()


@dataclass(slots=True)
class SoldShop:
    """Sells once for all tests on SQLite, because a copy costs a hundredth of a sale."""

    template: Path
    folder: Path
    order_id: str = "sold-shop"
    sold: bool = False

    async def copy_to(self, setup: Setup) -> None:
        """Give a setup that is not started these files, as if it had sold all of this itself."""
        if not self.sold:
            await self.sell(setup.client, setup.signer)
            self.sold = True
        setup.database.engine.dispose()
        shutil.copyfile(self.folder / "mintpost.db", str(setup.database.engine.url.database))
        shutil.copytree(self.folder / "outbox", setup.folder / "outbox")

    async def sell(self, client: Client, signer: Signer) -> None:
        file = self.folder / "mintpost.db"
        shutil.copyfile(self.template, file)
        database = Database(open_engine(URL.create("sqlite", database=str(file))))
        async with running(Setup(database, client, self.order_id, self.folder, signer)) as mintpost:
            await sell(mintpost, self.order_id)
        database.dispose()


@pytest.fixture(scope="session")
def sold_shop(sqlite: URL, tmp_path_factory: pytest.TempPathFactory) -> SoldShop:
    return SoldShop(Path(str(sqlite.database)), tmp_path_factory.mktemp("sold"))


async def sell(mintpost: Mintpost, order_id: str) -> None:
    """Fulfill a sale and its copy, and refuse a request without an id."""
    for _ in range(2):
        await mintpost.ping(changed(recorded("01"), sale_id=order_id))
        await mintpost.settled()
    await mintpost.ping(recorded("01").replace(b"sale_id", b"no_id"))
    await mintpost.settled()


@pytest.fixture
async def shop(
    setup: Setup, client: Client, clean: pytest.MonkeyPatch, sold_shop: SoldShop
) -> AsyncIterator[Shop]:
    url = setup.database.engine.url
    clean.setenv("DATABASE_URL", url.render_as_string(hide_password=False))
    clean.setenv("TEMPORAL_ADDRESS", client.service_client.config.target_host)
    on_sqlite = url.get_backend_name() == "sqlite"
    # New order ids, because the command would join a parked run of another test.
    sold, parked = f"sold-{setup.task_queue}", f"parked-{setup.task_queue}"
    if on_sqlite:
        await sold_shop.copy_to(setup)
        sold = sold_shop.order_id
    async with running(setup) as mintpost:
        if not on_sqlite:
            await sell(mintpost, sold)
        await mintpost.ping(changed(recorded("01"), sale_id=parked, product_id="no-such-product"))
        await mintpost.parked()
        yield Shop(mintpost, sold, parked)
        with suppress(RPCError):  # A test may have ended the run.
            await mintpost.run_of(parked).terminate()
