"""A real browser asks every dialect from a page of another origin, and may read each answer."""

import asyncio
import json
import re
import shutil
from collections.abc import Sequence
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from api.online.dialects.registry import DIALECTS
from db.engine import Database
from tests.api.online.dialects.cases import CASES
from tests.api.online.dialects.gumroad_app import PRODUCTS, SHOP_KEY, TERMS, sale
from tests.clients.running import PATIENCE_SECONDS, SCRIPTS
from tests.support.online import Given, OnlineApi, online_api, sell

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
HEADLESS = ("--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=60000")

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

Answer = tuple[int, str | None, str]
"""Status, Retry-After and body, as the page sees them. Status 0: the browser shows nothing."""


async def browsed(folder: Path, questions: Sequence[Any]) -> list[Answer]:
    page = folder / "page.html"
    page.write_text(
        (SCRIPTS / "browser.html").read_text().replace("QUESTIONS", json.dumps(questions))
    )
    process = await asyncio.create_subprocess_exec(
        str(CHROMIUM),
        *HEADLESS,
        f"--user-data-dir={folder / 'browser'}",
        "--dump-dom",
        page.as_uri(),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        out, _ = await asyncio.wait_for(process.communicate(), PATIENCE_SECONDS)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    (shown,) = re.findall(r"<pre>(.*?)</pre>", out.decode(), re.DOTALL)
    answers: list[Answer] = [
        (status, later, text) for status, later, text in json.loads(unescape(shown))
    ]
    return answers


def questions(api: OnlineApi, key: str) -> list[Any]:
    """Return a question for each dialect, with headers that need a preflight."""
    headers = {"authorization": f"License {key}"}
    return [
        (
            f"{api.url}{case.path}",
            {
                "method": "POST",
                "headers": {**headers, "content-type": case.content_type},
                "body": json.dumps(case.body(key)),
            },
        )
        for case in (CASES[name] for name in sorted(DIALECTS))
    ]


async def test_a_page_reads_verdicts(database: Database, tmp_path: Path) -> None:
    sell(database, sale(), TERMS)
    cases = [CASES[name] for name in sorted(DIALECTS)]
    async with online_api(database, tmp_path, Given(PRODUCTS, tuple(DIALECTS))) as api:
        answers = await browsed(tmp_path, questions(api, SHOP_KEY) + questions(api, "nobody's"))
    good, bad = answers[: len(cases)], answers[len(cases) :]
    assert [status for status, _, _ in good] == [200] * len(cases)
    assert all(
        case.is_good(json.loads(text)) for case, (_, _, text) in zip(cases, good, strict=True)
    )
    assert {status for status, _, _ in bad} <= {200, 404}
    assert not any(
        case.is_good(json.loads(text)) for case, (_, _, text) in zip(cases, bad, strict=True)
    )


async def test_a_page_reads_when_to_try_again(database: Database, tmp_path: Path) -> None:
    sell(database, sale(), TERMS)
    async with online_api(database, tmp_path, Given(None, tuple(DIALECTS))) as api:
        answers = await browsed(tmp_path, questions(api, SHOP_KEY))
    assert [(status, later) for status, later, _ in answers] == [(503, "10")] * len(DIALECTS)
