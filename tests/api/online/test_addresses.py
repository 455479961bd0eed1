"""Bad keys are counted by the app's address, also behind a proxy."""

from datetime import timedelta
from pathlib import Path

import pytest

from api.online.rates import Rates
from api.online.windows import Rate
from db.engine import Database
from licensing.keys import new_key
from tests.support.online import Given, OnlineApi, online_api

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

FIRST, SECOND = "203.0.113.9", "203.0.113.10"


async def status_of(apps: OnlineApi, forwarded: str | None) -> int:
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    answer = await apps.http.post("/v1/validate", json={"key": new_key()}, headers=headers)
    return answer.status_code


def few_bad_keys() -> Given:
    return Given(rates=Rates(bad_keys=Rate(1, timedelta(minutes=1))))


async def test_behind_a_named_proxy_each_app_has_a_bound_of_its_own(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "127.0.0.1")
    async with online_api(database, tmp_path, few_bad_keys()) as apps:
        for address in (FIRST, SECOND, "10.0.0.7", "2001:db8:1::1", None):
            assert await status_of(apps, address) == 200
            assert await status_of(apps, address) == 429
        assert await status_of(apps, "2001:db8:1::2") == 429  # Of the same customer.
        assert await status_of(apps, "2001:db8:2::1") == 200


async def test_behind_a_proxy_without_a_name_no_stranger_locks_out_the_others(
    database: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.delenv("FORWARDED_ALLOW_IPS", raising=False)
    async with online_api(database, tmp_path, few_bad_keys()) as apps:
        for address in (FIRST, FIRST, SECOND):
            assert await status_of(apps, address) == 200
        lines = [each.getMessage() for each in caplog.records if each.levelname == "WARNING"]
        (line,) = [line for line in lines if "FORWARDED_ALLOW_IPS" in line]
        assert FIRST not in line
        # The header alone frees nobody who comes without a proxy.
        assert [await status_of(apps, None) for _ in range(2)] == [200, 429]
