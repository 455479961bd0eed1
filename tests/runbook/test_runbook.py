"""Every section of docs/runbook.md: the trouble is made, and the page's own commands mend it."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import URL
from temporalio.client import Client

from db.engine import Database, open_engine
from fakes.postmark import FakePostmark
from licensing.signing import Signer
from mailers.postmark.door import PostmarkDoor
from mailers.postmark.service import PostmarkAccount, PostmarkEmailService
from tests.runbook.page import matches, sections
from tests.runbook.registry import SITUATIONS
from tests.runbook.room import Room
from tests.support.commanding import Run
from tests.support.running import SECRET, Mintpost, Setup, running

SENDER = "Lumen <hello@lumenapp.example>"
SECTIONS = sections()


def copied(template: URL, folder: Path) -> Database:
    file = shutil.copyfile(str(template.database), folder / "mintpost.db")
    return Database(open_engine(URL.create("sqlite", database=str(file))))


@dataclass(frozen=True, slots=True)
class Stand:
    """The Mintpost that the situations share, and the template for those that need their own."""

    setup: Setup
    mintpost: Mintpost
    postmark: FakePostmark
    template: URL


@pytest.fixture(scope="module")
async def stand(
    sqlite: URL, client: Client, signer: Signer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stand]:
    folder = tmp_path_factory.mktemp("runbook")
    database = copied(sqlite, folder)
    setup = Setup(database, client, f"runbook-{os.getpid()}", folder, signer)
    setup.mail_doors = {"postmark": PostmarkDoor((SECRET,))}
    async with FakePostmark() as fake:
        mailer = PostmarkEmailService(PostmarkAccount(fake.token, SENDER, api_url=fake.url))
        setup.mailer = mailer
        async with running(setup) as started:
            yield Stand(setup, started, fake, sqlite)
        await mailer.aclose()
    database.dispose()


@pytest.fixture
async def room(
    stand: Stand, mint: Run, clean: pytest.MonkeyPatch, tmp_path: Path
) -> AsyncIterator[Room]:
    def use(database: Database) -> Database:
        url = database.engine.url
        folder = Path(str(url.database)).parent
        clean.setenv("DATABASE_URL", url.render_as_string(hide_password=False))
        clean.setenv("PRODUCTS_FILE", str(folder / "products.yaml"))
        clean.setenv("DATA_DIR", str(folder))
        return database

    use(stand.setup.database)
    clean.setenv("TEMPORAL_ADDRESS", stand.setup.client.service_client.config.target_host)
    clean.setenv("GUMROAD_WEBHOOK_SECRET", SECRET)
    parts = (stand.setup, stand.mintpost, stand.postmark, mint)
    async with AsyncExitStack() as stack:
        own = partial(copied, stand.template, tmp_path)
        yield Room(*parts, f"runbook-{uuid4()}", stack, lambda: use(own()))


def test_every_section_with_a_command_has_a_situation() -> None:
    assert SECTIONS.keys() == SITUATIONS.keys()


@pytest.mark.parametrize("title", SITUATIONS)
async def test_commands_of_the_section_mend(title: str, room: Room) -> None:
    section, situation = SECTIONS[title], SITUATIONS[title]
    told = await situation.begin(room)
    for line in section.seen:
        assert matches(line, told, room.places), (line, told)
    await situation.mend(room)
    for command in section.commands:
        answer = await room.run(command)
        assert answer.code == 0, (command, answer)
    await situation.ended(room)
