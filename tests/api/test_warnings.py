"""The warnings of /readyz: a shop without a secret, refused calls, a queue without a worker."""

import base64
import shutil
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import URL

from api.app import create_app
from api.refusals import Refusals, why_refused
from domain.findings import Level
from embedded.ports import NO_TLS
from kit.agents import TRIAL_AGENT
from kit.clock import utc_now
from kit.pollers import LONG_AGO, Pollers
from storefronts.gumroad.storefront import Gumroad
from tests.api.raw_http import exchange, request, status
from tests.support.outages import connect_to_nothing
from tests.support.running import Mintpost, Setup, running
from tests.support.waiting import until

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
RIGHT = "correct-horse-battery-staple"
WRONG = "never-was-one-at-all"
BASIC = "authorization: Basic "


async def warnings(url: str) -> tuple[int, list[str]]:
    async with httpx.AsyncClient(trust_env=False, verify=NO_TLS) as http:
        answer = await http.get(f"{url}/readyz")
    return answer.status_code, answer.json()["warnings"]


def refused(method: str, target: str, *headers: str) -> str | None:
    """Return the reported cause of a refused call."""
    path, _, query = target.partition("?")
    fields = [header.partition(": ")[::2] for header in headers]
    scope = {
        "method": method,
        "path": httpx.URL(f"http://x{path}").path,
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in fields],
    }
    found = why_refused(scope, {"gumroad": Gumroad((RIGHT,))})
    return None if found is None else found.cause


def basic(text: str) -> str:
    return BASIC + base64.b64encode(text.encode()).decode()


CAUSES = {
    "wrong": ("POST", f"/webhooks/gumroad?secret={WRONG}", "is not the setting's"),
    "none": ("POST", "/webhooks/gumroad", "had no secret"),
    "other-case": ("POST", f"/webhooks/gumroad?Secret={RIGHT}", "under another name"),
    "entity": ("POST", f"/webhooks/gumroad?a=1&amp;secret={RIGHT}", "as amp;secret"),
    "other-name": ("POST", f"/webhooks/gumroad?token={RIGHT}", "had no secret"),
    "no-mark": ("POST", f"/webhooks/gumroadsecret={RIGHT}", "? of the address is missing"),
    "slash-for-mark": ("POST", f"/webhooks/gumroad/secret={RIGHT}", "? of the address is missing"),
    "quoted": ("POST", f'/webhooks/gumroad?secret="{RIGHT}"', "a quote"),
    "bracketed": ("POST", f"/webhooks/gumroad?secret=<{RIGHT}>", "a bracket"),
    "blank-after-it": ("POST", f"/webhooks/gumroad?secret={RIGHT}%20", "a blank"),
    "slash-after-it": ("POST", f"/webhooks/gumroad?secret={RIGHT}/", "a slash"),
    "empty": ("POST", "/webhooks/gumroad?secret=", "was empty"),
    "comma": ("POST", f"/webhooks/gumroad?secret={RIGHT},{WRONG}", "has a comma"),
    "encoded-comma": ("POST", f"/webhooks/gumroad?secret={RIGHT}%2C{WRONG}", "has a comma"),
    "browser": ("GET", f"/webhooks/gumroad?secret={RIGHT}", "was not POST"),
    "slash": ("POST", f"/webhooks/gumroad/?secret={RIGHT}", "slash at its end"),
    "encoded-mark": ("POST", f"/webhooks/gumroad%3Fsecret={RIGHT}", "must be a plain ?"),
    "twice-encoded-mark": ("POST", f"/webhooks/gumroad%253Fsecret={RIGHT}", "must be a plain ?"),
    "semicolon": ("POST", f"/webhooks/gumroad;secret={RIGHT}", "must be a plain ?"),
    "case": ("POST", f"/webhooks/Gumroad?secret={RIGHT}", "to the letter"),
    "singular": ("POST", f"/webhook/gumroad?secret={RIGHT}", "to the letter"),
    "bare": ("POST", f"/gumroad?secret={RIGHT}", "to the letter"),
    "two-slashes": ("POST", f"/webhooks//gumroad?secret={RIGHT}", "to the letter"),
    "secret-in-path": ("POST", f"/webhooks/gumroad/{RIGHT}", "to the letter"),
}


@pytest.mark.parametrize("case", CAUSES)
def test_the_likely_cause_is_told_from_the_shape_and_quotes_nothing(case: str) -> None:
    method, target, words = CAUSES[case]
    cause = refused(method, target)
    assert cause is not None
    assert words in cause
    assert RIGHT not in cause
    assert WRONG not in cause


def test_a_basic_password_is_a_secret_too() -> None:
    path = "/webhooks/gumroad"
    assert "is not the setting's" in str(refused("POST", path, basic(f"any:{WRONG}")))
    assert "was empty" in str(refused("POST", path, basic("any:")))
    assert "has a comma" in str(refused("POST", path, basic(f"any:{RIGHT},{WRONG}")))
    assert "had no secret" in str(refused("POST", path, "authorization: Bearer x"))


@pytest.mark.parametrize("nearness", [RIGHT[:-1], RIGHT + "x", RIGHT.upper(), "x", WRONG])
def test_a_cause_does_not_tell_how_near_a_guess_is(nearness: str) -> None:
    guess = f"/webhooks/gumroad?secret={nearness}"
    assert refused("POST", guess) == refused("POST", "/webhooks/gumroad?secret=anything-else")


@pytest.mark.parametrize("path", ["/", "/webhooks", "/webhooks/polar", "/wp-login.php", "/%", "//"])
def test_calls_of_other_paths_are_not_counted(path: str) -> None:
    assert refused("POST", path) is None


@ON_SQLITE
async def test_refused_calls_are_counted_and_told_once(
    setup: Setup, caplog: pytest.LogCaptureFixture
) -> None:
    setup.with_worker = False
    async with running(setup) as web:
        for _ in range(3):
            call = request("POST", f"/webhooks/gumroad?secret={WRONG}", body=b"a=1")
            assert status(await exchange(web.url, call)) == 404
        assert status(await exchange(web.url, request("POST", f"/nowhere?secret={WRONG}"))) == 404

        async def told() -> bool | None:
            return "3 calls of /webhooks/gumroad refused" in caplog.text or None

        await until(told, "the log tells of the refused calls")
        code, found = await warnings(web.url)
    lines = [each for each in caplog.messages if "refused with 404" in each]
    assert len(lines) == 1
    assert code == 200
    assert [each for each in found if each.startswith("gumroad: 3 calls of /webhooks/gumroad")]
    assert WRONG not in caplog.text + str(found)


async def test_a_flood_is_told_once_in_a_pause(caplog: pytest.LogCaptureFixture) -> None:
    pause, at_once = timedelta(milliseconds=300), timedelta(0)
    refusals = Refusals({"gumroad": Gumroad((RIGHT,))}, pause, at_once)
    call = {
        "method": "POST",
        "path": "/webhooks/gumroad",
        "query_string": f"secret={WRONG}".encode(),
        "headers": [],
    }

    def lines() -> list[str]:
        return [each for each in caplog.messages if "refused with 404" in each]

    async def told_twice() -> bool | None:
        refusals.note(call)
        return len(lines()) == 2 or None

    await until(told_twice, "the log tells of it a second time")
    assert lines()[0].startswith("gumroad: 1 call of")
    total = (await refusals.findings())[0].sentence
    assert int(total.split()[1]) > 2
    assert len(lines()) == 2


@pytest.mark.parametrize(
    ("method", "agent", "levels"),
    [
        ("POST", "Gumroad", [Level.WARNING]),
        ("GET", "a browser", [Level.OK]),
        ("POST", TRIAL_AGENT, []),
    ],
)
async def test_only_a_call_that_a_shop_may_have_sent_is_an_alert_and_our_trial_is_not_told(
    method: str, agent: str, levels: list[Level]
) -> None:
    refusals = Refusals({"gumroad": Gumroad((RIGHT,))})
    headers = [(b"user-agent", agent.encode())]
    path = {"path": "/webhooks/gumroad", "query_string": b"secret=x", "headers": headers}
    refusals.count({"method": method, **path})
    assert [each.level for each in await refusals.findings()] == levels
    refusals.stop()


@ON_SQLITE
async def test_a_shop_without_a_secret_is_named(setup: Setup) -> None:
    setup.with_worker = False
    setup.secrets = ()
    async with running(setup) as web:
        call = request("POST", "/webhooks/gumroad?secret=x", body=b"a=1")
        assert status(await exchange(web.url, call)) == 404
        code, found = await warnings(web.url)
    assert code == 200
    assert found[0].startswith("gumroad: GUMROAD_WEBHOOK_SECRET is not set")
    assert "openssl rand -hex 24" in found[0]
    assert "probably GUMROAD_WEBHOOK_SECRET is not set" in found[1]


@ON_SQLITE
async def test_a_polled_queue_is_no_warning(mintpost: Mintpost) -> None:
    async def polled() -> bool | None:
        return await warnings(mintpost.url) == (200, []) or None

    await until(polled, "Temporal knows that the worker polls")


@ON_SQLITE
async def test_a_queue_that_nobody_polls_is_told_and_takes_nobody_out(setup: Setup) -> None:
    setup.with_worker = False
    async with running(setup) as web:
        code, found = await warnings(web.url)
    assert code == 200
    assert len(found) == 1
    assert "nobody asks Temporal for workflow tasks and activities of the task queue" in found[0]
    assert setup.task_queue in found[0]


@ON_SQLITE
async def test_a_worker_that_polled_long_ago_is_told(mintpost: Mintpost) -> None:
    async def is_seen() -> bool | None:
        return await Pollers(mintpost.client, mintpost.task_queue).findings() == [] or None

    await until(is_seen, "Temporal knows that the worker polls")
    later = Pollers(mintpost.client, mintpost.task_queue, clock=lambda: utc_now() + 2 * LONG_AGO)
    (sentence,) = [each.sentence for each in await later.findings()]
    assert sentence.startswith("worker: nobody asks Temporal")


async def test_a_temporal_that_is_away_is_not_taken_for_a_worker_that_is() -> None:
    away = await connect_to_nothing()
    assert await Pollers(away, "fulfillment", timedelta(milliseconds=200)).findings() == []


def test_every_warning_s_setting_is_one_that_exists() -> None:
    env = Path(__file__).parent.parent.parent / ".env.example"
    assert f"#{Gumroad(()).missing()}=" in env.read_text()


@pytest.mark.parametrize("secret", [None, "", " , "])
async def test_a_shop_without_a_secret_is_named_at_start(
    sqlite: URL,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    secret: str | None,
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copyfile(str(sqlite.database), tmp_path / "mintpost.db")
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.delenv("GUMROAD_WEBHOOK_SECRET", raising=False)
    if secret is not None:
        monkeypatch.setenv("GUMROAD_WEBHOOK_SECRET", secret)
    create_app()
    assert "gumroad: GUMROAD_WEBHOOK_SECRET is not set, so every call" in caplog.text
