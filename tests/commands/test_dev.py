"""`mintpost dev` at its start and what it keeps."""

import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL

from embedded.data_dir import DataDirTakenError, locked_data_dir, make_private, secret_files
from embedded.generated_secrets import generated_secrets
from tests.support.processes import MINTPOST, all_gone, some_ports, start

PRODUCTS = """\
gumroad:
  - product_id: lumen
    tier: core
"""


@pytest.fixture
def shop(tmp_path: Path, sqlite: URL) -> Path:
    """Return the folder of a shop whose database needs no migration."""
    (tmp_path / "products.yaml").write_text(PRODUCTS)
    make_private(tmp_path / "var")
    shutil.copyfile(str(sqlite.database), tmp_path / "var" / "mintpost.db")
    (tmp_path / "var" / "mintpost.db").chmod(0o600)
    return tmp_path


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
