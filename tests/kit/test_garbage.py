import ast
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
STARTED = """
import gc
from kit.garbage import collect_garbage

print(gc.isenabled())
collect_garbage()
frozen = gc.get_freeze_count()
print(gc.isenabled(), frozen > 0, gc.get_threshold()[0])
kept = [[] for _ in range(100)]
collect_garbage()
print(gc.get_freeze_count() <= frozen)
"""


@pytest.mark.parametrize("program", ["worker.py", "api/app.py", "tests/conftest.py"])
def test_a_program_pauses_the_garbage_collector_before_its_other_imports(program: str) -> None:
    tree = ast.parse((PROJECT / program).read_text())
    first = next(node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom))
    calls = [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    assert ast.unparse(first) == "from kit.garbage import collect_garbage"
    assert "collect_garbage()" in calls, "it must collect again"


def test_the_garbage_collector_waits_for_the_imports_and_leaves_their_objects_alone() -> None:
    command = [sys.executable, "-c", STARTED]
    told = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True).stdout  # noqa: S603 - our own command
    assert told.split() == ["False", "True", "True", "10000", "True"]
