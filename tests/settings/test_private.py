"""A file that others may write ends the process; a file that others may read gives a warning."""

import os
import stat
import subprocess
import tempfile
from pathlib import Path

import pytest

import worker
from api.app import create_app
from kit.environment import SettingsError
from licensing.private_keys import generate_private_key
from settings.database import DatabaseSettings
from settings.loading import load
from settings.private import require_private, require_private_data
from settings.signing import SigningSettings
from tests.support.commanding import Run
from tests.support.processes import refuses
from tests.support.running import PRODUCTS
from worker_parts import configured

REST = "other users of this machine may"


@pytest.fixture
def key(clean: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    file = tmp_path / "it's a key.pem"
    file.write_text(generate_private_key())
    file.chmod(0o600)
    clean.setenv("LICENSE_SIGNING_KEY_FILE", str(file))
    return file


def mended(sentence: str) -> None:
    """Run the command at the end of the sentence."""
    command = sentence[sentence.rindex("chmod ") :]
    subprocess.run(["/bin/sh", "-c", command], check=True)  # noqa: S603 - our own sentence


@pytest.mark.parametrize("mode", [0o602, 0o620, 0o666, 0o646])
def test_a_key_that_others_may_write_is_refused_with_the_command(key: Path, mode: int) -> None:
    key.chmod(mode)
    with pytest.raises(SettingsError, match=f"^LICENSE_SIGNING_KEY_FILE: {REST} write ") as caught:
        load(SigningSettings).exposed()
    mended(str(caught.value))
    assert load(SigningSettings).exposed() == []


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o444])
def test_a_key_that_others_may_read_is_told(key: Path, mode: int) -> None:
    key.chmod(mode)
    (told,) = load(SigningSettings).exposed()
    assert told.startswith(f"LICENSE_SIGNING_KEY_FILE: {REST} read ")
    mended(told)
    assert load(SigningSettings).exposed() == []


def test_a_key_that_others_may_replace_is_refused(key: Path) -> None:
    key.parent.chmod(0o777)
    with pytest.raises(SettingsError, match=f"{REST} write {key.parent}"):
        load(SigningSettings).exposed()
    key.parent.chmod(0o1777)  # As in /tmp, users may remove only their own files.
    assert load(SigningSettings).exposed() == []


@pytest.mark.parametrize("mode", [0o702, 0o720, 0o777, 0o770])
def test_a_data_folder_that_others_may_write_is_refused(
    clean: pytest.MonkeyPatch, tmp_path: Path, mode: int
) -> None:
    clean.setenv("DATA_DIR", str(tmp_path / "my data"))
    (tmp_path / "my data").mkdir()
    (tmp_path / "my data").chmod(mode)
    with pytest.raises(SettingsError, match=f"^DATA_DIR: {REST} write ") as caught:
        require_private_data(load(DatabaseSettings))
    mended(str(caught.value))
    assert require_private_data(load(DatabaseSettings)) == []


def test_data_that_others_may_read_is_told_each_with_its_command(
    clean: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    clean.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/shop/sales.db")
    for name in ("var", "shop"):
        (tmp_path / name).mkdir(mode=0o755)
        (tmp_path / name).chmod(0o755)
    for name in ("sales.db", "sales.db-wal"):
        (tmp_path / "shop" / name).touch()
        (tmp_path / "shop" / name).chmod(0o644)
    told = require_private_data(load(DatabaseSettings))
    assert [sentence.partition(":")[0] for sentence in told] == [
        "DATA_DIR",
        "DATABASE_URL",
        "DATABASE_URL",
    ]
    for sentence in told:
        mended(sentence)
    assert require_private_data(load(DatabaseSettings)) == []


@pytest.mark.parametrize("name", ["spool", "outbox"])
def test_a_folder_within_an_open_data_folder_is_looked_at_as_well(
    clean: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    clean.setenv("DATA_DIR", str(tmp_path / "var"))
    inner = tmp_path / "var" / name
    inner.mkdir(parents=True)
    inner.parent.chmod(0o711)
    inner.chmod(0o733)
    with pytest.raises(SettingsError, match=f"^DATA_DIR: {REST} write {inner}, ") as caught:
        require_private_data(load(DatabaseSettings))
    inner.chmod(0o755)
    (told,) = require_private_data(load(DatabaseSettings))
    assert told.startswith(f"DATA_DIR: {REST} read {inner}: ")
    mended(str(caught.value))
    assert require_private_data(load(DatabaseSettings)) == []


@pytest.mark.parametrize("mode", [0o644, 0o620])
def test_an_env_file_that_is_open_to_others_is_told(
    clean: pytest.MonkeyPatch, tmp_path: Path, mode: int
) -> None:
    del clean
    (tmp_path / ".env").write_text("LICENSE_ISSUER=shop\n")
    (tmp_path / ".env").chmod(mode)
    (told,) = require_private_data(load(DatabaseSettings))
    assert told.startswith(f".env: {REST} read or write it: chmod go-rwx ")
    mended(told)
    assert require_private_data(load(DatabaseSettings)) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_another_user_is_reported() -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)
        file = Path(folder) / "theirs"
        file.touch(mode=0o600)
        os.chown(file, 4321, 4321)
        assert require_private([("X", file)]) == []  # Root may read everything anyway.
        os.seteuid(1234)
        try:
            (told,) = require_private([("X", file)])
        finally:
            os.seteuid(0)
    assert told.startswith(f"X: {file} belongs to another user")
    assert told.endswith(f"sudo chown 1234 {file}")


def test_each_process_refuses_a_data_folder_that_others_may_write(
    mint: Run, clean: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "products.yaml").write_text(PRODUCTS)
    (tmp_path / "var").mkdir()
    (tmp_path / "var").chmod(0o777)
    clean.setenv("LICENSE_SIGNING_KEY", generate_private_key())
    answers = [mint("dev"), mint("migrate")]
    assert [answer.code for answer in answers] == [1, 1]
    for said in (*(each.err for each in answers), refuses(worker.main), refuses(create_app)):
        assert f"DATA_DIR: {REST} write" in said
        assert said.rstrip().endswith(f"chmod go-rwx {tmp_path}/var")


def test_the_worker_tells_of_a_key_that_others_may_read_and_works(
    clean: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "products.yaml").write_text(PRODUCTS)
    (tmp_path / "key.pem").write_text(generate_private_key())
    (tmp_path / "key.pem").chmod(0o644)
    clean.setenv("LICENSE_SIGNING_KEY_FILE", "key.pem")
    clean.setenv("DATABASE_URL", "postgresql://u@127.0.0.1:1/none")
    parts, _ = configured()
    parts.database.dispose()
    assert f"LICENSE_SIGNING_KEY_FILE: {REST} read key.pem" in caplog.text


def test_files_made_by_a_command_are_private_to_its_user(
    mint: Run, clean: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = os.umask(0o022)
    try:
        clean.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/deep/down/sales.db")
        assert mint("migrate").code == 0
    finally:
        os.umask(before)
    made = [tmp_path / "deep", *(tmp_path / "deep").rglob("*")]
    assert {path.name for path in made} >= {"deep", "down", "sales.db"}
    assert [path for path in made if stat.S_IMODE(path.stat().st_mode) & 0o077] == []
