"""The access log tells of apps without keys, devices and addresses."""

from datetime import timedelta
from pathlib import Path

import pytest

from db.engine import Database
from embedded.ports import HOST
from tests.support.online import online_api, sell
from tests.support.waiting import until

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
DEVICE = "a-device-of-one-user"


@ON_SQLITE
async def test_neither_key_nor_device_nor_address_is_logged(
    database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    key = sell(database).key
    async with online_api(database, tmp_path) as apps:
        for verb in ("validate", "activate", "deactivate"):
            await apps.ask(verb, key=key, device=DEVICE)
        await apps.http.get("/v1/validate", params={"key": key})
        await apps.http.post("/gumroad/v2/licenses/verify", params={"license_key": key})
        await apps.http.post(f"/keygen/v1/licenses/{key}/actions/validate")
        await apps.http.delete(f"/keygen/v1/machines/{DEVICE}")
        await apps.http.get("/healthz")
    lines = [each.getMessage() for each in caplog.records if each.name == "uvicorn.access"]
    assert lines[:-1] == [
        '- - "POST /v1/validate HTTP/1.1" 200',
        '- - "POST /v1/activate HTTP/1.1" 200',
        '- - "POST /v1/deactivate HTTP/1.1" 200',
        '- - "GET /v1/validate HTTP/1.1" 404',
        '- - "POST /gumroad/v2/licenses/verify HTTP/1.1" 404',
        '- - "POST /keygen/v1/licenses/.../actions/validate HTTP/1.1" 404',
        '- - "DELETE /keygen/v1/machines/... HTTP/1.1" 404',
    ]
    assert lines[-1].startswith(HOST)
    ours = [f"{vars(each)}" for each in caplog.records if not each.name.startswith("http")]
    assert [line for line in ours if key in line or DEVICE in line] == []


@ON_SQLITE
async def test_an_unexpected_error_is_logged_without_values(
    database: Database,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    key = sell(database).key

    def fail(*_: object) -> None:
        raise KeyError(key)

    monkeypatch.setattr("operations.online.find_or_wait", fail)
    async with online_api(database, tmp_path) as apps:
        answer = await apps.ask("validate", key=key, device=DEVICE)
    assert (answer.status_code, answer.json()["code"]) == (503, "UNAVAILABLE")
    assert answer.headers["retry-after"] == "10"
    (line,) = [each.getMessage() for each in caplog.records if each.levelname == "ERROR"]
    assert line.startswith("a question of an app got no answer: ")
    assert "KeyError" in line
    assert key not in line


@ON_SQLITE
async def test_a_note_that_fails_unexpectedly_disturbs_no_answer_and_logs_no_values(
    database: Database,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    key = sell(database).key

    def fail(*_: object) -> None:
        raise KeyError(key)

    monkeypatch.setattr("operations.online.see_device", fail)
    async with online_api(database, tmp_path) as apps:
        await apps.ask("activate", key=key, device=DEVICE)
        apps.clock.now += timedelta(days=1)
        answer = await apps.ask("validate", key=key, device=DEVICE)
        assert answer.json()["code"] == "VALID"

        async def told() -> str | None:
            lines = [each.getMessage() for each in caplog.records if each.levelname == "ERROR"]
            return lines[0] if lines else None

        line = await until(told, "the log tells of the note")
    assert line.startswith("the day of a question was not noted: ")
    assert "KeyError" in line
    assert key not in line
