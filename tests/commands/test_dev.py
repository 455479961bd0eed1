"""`mintpost dev`, as real processes: it comes up from a .env, and leaves nothing behind."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL, text

from db.engine import open_engine
from embedded.data_dir import DataDirTakenError, locked_data_dir, make_private, secret_files
from embedded.generated_secrets import generated_secrets
from fakes.postmark import FakePostmark
from tests.support.processes import MINTPOST, all_gone, run, some_ports, start

PRODUCTS = """\
gumroad:
  - product_id: lumen
    tier: core
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "products.yaml").write_text(PRODUCTS)
    return tmp_path


@pytest.fixture
def empty_database(postgres: URL) -> str:
    name = f"mintpost_dev_{os.getpid()}"
    engine = open_engine(postgres.set(database="postgres"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    url = postgres.set(drivername="postgresql", database=name)
    return url.render_as_string(hide_password=False)


async def test_a_sale_runs_through_what_its_env_file_describes(
    shop: Path, empty_database: str
) -> None:
    (shop / "products.yaml").rename(shop / "mapping.yaml")
    ports = some_ports()
    async with FakePostmark() as postmark:
        (shop / ".env").write_text(
            "\n".join(
                [
                    f"DATABASE_URL={empty_database}",
                    "PRODUCTS_FILE=mapping.yaml",
                    f"POSTMARK_TOKEN={postmark.token}",
                    f"POSTMARK_API_URL={postmark.url}",
                    "EMAIL_FROM=Lumen <hello@lumenapp.example>",
                    "SHOP_NAME=Lumen & Söhne",
                    "SHOP_URL=https://lumenapp.example",
                    "OPERATOR_EMAIL=Me <me@example.com>",
                    "GUMROAD_WEBHOOK_SECRET=the-old-long-secret,the-new-long-secret",
                    # Another cluster's: the embedded server's flags must win over all of it.
                    "TEMPORAL_ADDRESS=temporal.invalid:7233",
                    "TEMPORAL_NAMESPACE=elsewhere",
                    "TEMPORAL_API_KEY=not-for-this-server",
                    "TEMPORAL_TLS=true",
                ]
            )
        )
        async with start(*MINTPOST, "dev", *ports, folder=shop) as dev:
            await dev.says("Ctrl-C stops all of it")
            url = f"http://127.0.0.1:{ports[0].partition('=')[2]}"
            (shop / "smoke").mkdir()
            (shop / "smoke" / ".env").symlink_to(shop / ".env")
            (shop / "smoke" / "mapping.yaml").symlink_to(shop / "mapping.yaml")
            code, said = await run(*MINTPOST, "smoke", "--url", url, folder=shop / "smoke")
            children = await dev.children(3)
            assert await dev.stop(signal.SIGTERM) == 0
            await all_gone(children)
    assert (code, said.count("✓")) == (0, 7), said
    (mail,) = postmark.accepted
    assert mail.message["To"] == "me@example.com"
    assert "Sold by      Lumen & Söhne, https://lumenapp.example\n" in mail.message["TextBody"]
    assert "write to hello@lumenapp.example" in mail.message["TextBody"]
    for secret in (
        "the-old-long-secret",
        "the-new-long-secret",
        postmark.token,
        "not-for-this-server",
    ):
        assert secret not in dev.output() + said


@pytest.fixture
def hang_up() -> Iterator[None]:
    """Hand SIGHUP on to children as a terminal does: under nohup they would ignore it."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.usefixtures("hang_up")
@pytest.mark.parametrize(("number", "children"), [(signal.SIGINT, 1), (signal.SIGHUP, 3)])
async def test_a_signal_during_the_start_leaves_no_process_behind(
    shop: Path, number: signal.Signals, children: int
) -> None:
    async with start(*MINTPOST, "dev", *some_ports(), folder=shop) as dev:
        started = await dev.children(children)
        assert await dev.stop(number) == 0
        await all_gone(started)
    assert "Traceback" not in dev.output()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that it is alone")
async def test_killing_it_outright_ends_its_processes_too(shop: Path) -> None:
    async with start(*MINTPOST, "dev", *some_ports(), folder=shop) as dev:
        children = await dev.children(3)
        await dev.stop(signal.SIGKILL)
        await all_gone(children)


def test_a_second_one_in_the_same_data_dir_is_refused(tmp_path: Path) -> None:
    with (
        locked_data_dir(tmp_path),
        pytest.raises(DataDirTakenError, match="stop it, or choose another --data-dir"),
        locked_data_dir(tmp_path),
    ):
        pytest.fail("two of them run in one data dir")
    with locked_data_dir(tmp_path):
        pass


def test_what_it_keeps_is_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    make_private(folder)
    generated_secrets(folder, {})
    files = sorted(folder.iterdir())
    names = [file.name for file in files]
    assert {"signing-key.pem", "webhook-secret", "stripe-test-webhook-secret"} <= {*names}
    modes = [oct(file.stat().st_mode & 0o777) for file in (folder, *files)]
    assert modes == ["0o700", *["0o600"] * len(files)]


def test_what_it_keeps_is_made_once(tmp_path: Path) -> None:
    assert generated_secrets(tmp_path, {}) == generated_secrets(tmp_path, {})


def test_what_the_environment_has_is_not_made(tmp_path: Path) -> None:
    secrets = dict.fromkeys(secret_files(tmp_path), "a secret")
    assert {"GUMROAD_WEBHOOK_SECRET", "POLAR_TEST_WEBHOOK_SECRET"} <= secrets.keys()
    given = {"LICENSE_SIGNING_KEY": "a key", **secrets}
    assert generated_secrets(tmp_path, given) == {}
    assert generated_secrets(tmp_path, dict.fromkeys(given, "")).keys() == {
        "LICENSE_SIGNING_KEY_FILE",
        *secrets,
    }
