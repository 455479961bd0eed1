"""After all other tests: what they left behind in Temporal and in logs names nobody."""

import pytest
from temporalio.client import Client

from tests.support.leaks import LeakSearch, LogKeeper, log_files

pytestmark = pytest.mark.last


async def test_no_history_or_visibility_record_holds_personal_data_or_secrets(
    client: Client, leak_search: LeakSearch
) -> None:
    leaks: list[str] = []
    searched = 0
    async for run in client.list_workflows():
        handle = client.get_workflow_handle(run.id, run_id=run.run_id)
        history = await handle.fetch_history()
        parts = [run.raw_info.SerializeToString()]
        parts += [event.SerializeToString() for event in history.events]
        leaks += leak_search.found_in(run.id, b"".join(parts))
        searched += 1
    assert leaks == []
    if searched == 0:
        pytest.skip("no workflow ran in this selection of tests")


def test_no_log_line_holds_personal_data_or_secrets(
    log_keeper: LogKeeper, leak_search: LeakSearch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    leaks = leak_search.found_in("the log", "\n".join(log_keeper.lines).encode())
    for file in log_files(tmp_path_factory.getbasetemp()):
        leaks += leak_search.found_in(str(file), file.read_bytes())
    assert leaks == []
