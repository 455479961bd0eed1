"""Files that only their owner may read."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kit.private_files import keep_private

MANY = 8


def test_a_kept_file_appears_once_and_many_at_once_agree(tmp_path: Path) -> None:
    file = tmp_path / "kept"
    with ThreadPoolExecutor(MANY) as threads:
        kept = set(threads.map(lambda n: keep_private(file, b"%d" % n), range(MANY)))
    assert kept == {file.read_bytes()}
    assert [each.name for each in tmp_path.iterdir()] == ["kept"]
    assert file.stat().st_mode & 0o777 == 0o600


def test_what_cannot_be_kept_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    with pytest.raises(IsADirectoryError):
        keep_private(tmp_path / "kept", b"x")
    assert [each.name for each in tmp_path.iterdir()] == ["kept"]
