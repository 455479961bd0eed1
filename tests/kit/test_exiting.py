"""The exit code of a process."""

import sys

import pytest

from tests.support.processes import run


@pytest.mark.parametrize(
    ("main", "code", "said"),
    [
        ("lambda: print('done')", 0, "done\n"),
        ("lambda: sys.exit('it is broken')", 1, "it is broken\n"),
        ("lambda: sys.exit(2)", 2, ""),
        ("lambda: sys.exit(None)", 0, ""),
    ],
)
async def test_the_process_ends_with_the_exit_code_of_its_main(
    tmp_path_factory: pytest.TempPathFactory, main: str, code: int, said: str
) -> None:
    # A normal shutdown of the interpreter would run `atexit`, and so abort here.
    program = f"import atexit, os, sys; atexit.register(os.abort); end_with({main})"
    folder = tmp_path_factory.mktemp("ending")
    words = f"from kit.exiting import end_with; {program}"
    assert await run(sys.executable, "-c", words, folder=folder) == (code, said)
