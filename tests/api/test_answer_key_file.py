"""The file of the API's answer key: made at the first start, kept, and replaced when withdrawn."""

import logging
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

import api.app
from api.answer_key_file import AnswerKeyFile
from api.online.assembling import OnlineParts
from licensing.answers import AnswerSigner
from licensing.private_keys import generate_private_key
from settings.loading import load
from settings.online import OnlineSettings

Start = Callable[[], str]


@pytest.fixture
def start(clean: pytest.MonkeyPatch, tmp_path: Path) -> Start:
    """Read the settings as a start of the API does, and return the kid of its answer key."""
    clean.setenv("DATA_DIR", str(tmp_path / "data"))
    clean.setenv("GUMROAD_WEBHOOK_SECRET", "correct-horse-battery")

    def started() -> str:
        return online().signer.public_key.kid

    return started


def online() -> OnlineParts:
    return api.app.online_parts(load(OnlineSettings))


def kid_of(pem: bytes) -> str:
    return AnswerSigner(pem, "mintpost").public_key.kid


def test_the_first_start_makes_a_private_file_that_stays(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "data" / "answer-key.pem"
    first = start()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert kid_of(file.read_bytes()) == first == start()


def test_a_named_file_is_made_and_shared(
    start: Start, clean: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    clean.setenv("ANSWER_SIGNING_KEY_FILE", str(tmp_path / "shared.pem"))
    first = start()
    clean.setenv("DATA_DIR", str(tmp_path / "another"))
    assert start() == first
    assert not (tmp_path / "another" / "answer-key.pem").exists()


@pytest.mark.parametrize("content", ["", "junk", "-----BEGIN PRIVATE KEY-----\n"])
def test_a_broken_file_ends_the_process_with_its_sentence(
    start: Start, tmp_path: Path, content: str
) -> None:
    start()
    file = tmp_path / "data" / "answer-key.pem"
    file.write_text(content)
    with pytest.raises(SystemExit) as caught:
        api.app.create_app()
    assert str(caught.value).startswith(f"ANSWER_SIGNING_KEY_FILE: {file} is no private key in PEM")


def test_a_file_that_others_may_write_ends_the_process(start: Start, tmp_path: Path) -> None:
    start()
    file = tmp_path / "data" / "answer-key.pem"
    file.chmod(0o666)
    with pytest.raises(SystemExit, match="ANSWER_SIGNING_KEY_FILE: other users of this machine"):
        api.app.create_app()


@pytest.mark.parametrize("name", ["missing/folder.pem", "."])
def test_a_named_file_that_cannot_be_made_ends_the_process(
    start: Start, clean: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    start()
    clean.setenv("ANSWER_SIGNING_KEY_FILE", str(tmp_path / name))
    with pytest.raises(SystemExit, match=r"^ANSWER_SIGNING_KEY_FILE: .* cannot be read or made"):
        api.app.create_app()


def test_without_room_for_the_file_the_process_signs_with_a_key_of_its_own(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "taken").touch()
    file = AnswerKeyFile(tmp_path / "taken" / "answer-key.pem")
    with caplog.at_level(logging.WARNING):
        assert kid_of(file.read_or_make()) != kid_of(file.read_or_make())
    assert "signs with a key of its own until it ends" in caplog.text
    assert "PRIVATE KEY" not in caplog.text


def test_a_withdrawn_key_is_replaced_once_for_all_processes(tmp_path: Path) -> None:
    file = AnswerKeyFile(tmp_path / "answer-key.pem")
    withdrawn = kid_of(file.read_or_make())
    first, second = file.renewed(withdrawn), file.renewed(withdrawn)
    assert first == second == file.path.read_bytes()
    assert kid_of(first) != withdrawn


def test_a_withdrawn_key_whose_file_is_gone_or_broken_is_replaced(tmp_path: Path) -> None:
    file = AnswerKeyFile(tmp_path / "answer-key.pem")
    withdrawn = kid_of(generate_private_key().encode())
    first = file.renewed(withdrawn)
    file.path.write_text("junk")
    assert file.path.read_bytes() != first
    assert kid_of(file.renewed(withdrawn)) == kid_of(file.path.read_bytes())
