"""Refused calls that carry a shop's signature are an alarm; a scanner's calls are none."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.refusals import why_refused
from api.unset_secrets import sources_in_use, unset_secrets
from embedded.ports import NO_TLS
from kit.clock import utc_now
from kit.doors.labeled_secrets import LabeledSecret
from tests.api.test_warnings import warnings
from tests.storefronts.kiosk.door import SIGNATURE, TIME
from tests.storefronts.kiosk.sample import line, paid
from tests.storefronts.kiosk.storefront import Kiosk
from tests.support.running import Setup, running
from tests.support.waiting import until

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SECRET = "the right one"
KIOSK = {"kiosk": Kiosk([LabeledSecret(SECRET)])}
EVENT = paid("17", line(1, 5))


def called(headers: dict[str, str]) -> dict[str, Any]:
    named = [(name.lower().encode(), text.encode()) for name, text in headers.items()]
    return {"method": "POST", "path": "/webhooks/kiosk", "query_string": b"", "headers": named}


def cause(headers: dict[str, str]) -> str:
    found = why_refused(called(headers), KIOSK)
    assert found is not None
    return found.cause


def test_the_cause_is_another_secret_or_a_changed_body() -> None:
    told = cause(EVENT.headers("another", utc_now()))

    assert told == (
        "its signature is of another secret than KIOSK_WEBHOOK_SECRETS, or a proxy changed its body"
    )


@pytest.mark.parametrize(("off", "words"), [(-400, "behind"), (400, "ahead of")])
def test_the_cause_is_a_clock_with_the_seconds_that_it_is_off(off: int, words: str) -> None:
    told = cause(EVENT.headers(SECRET, utc_now() + timedelta(seconds=off)))

    assert told.startswith("its signature is ")
    assert told.endswith(f" s {words} our clock")
    assert abs(int(told.split()[3]) - 400) <= 2


@pytest.mark.parametrize("time", ["", "soon", "9" * 400])
def test_a_time_that_is_none_is_told_and_not_quoted(time: str) -> None:
    told = cause({**EVENT.headers(SECRET, utc_now()), TIME: time})

    assert told == "its signature has no time"


def test_a_signature_of_an_unknown_form_is_told() -> None:
    told = cause({**EVENT.headers(SECRET, utc_now()), SIGNATURE: "sha1=abc"})

    assert told == f"its {SIGNATURE} header has no signature of a known form"


def test_a_call_without_the_shops_header_is_a_scanners_and_no_alarm() -> None:
    assert why_refused(called({"Content-Type": "application/json"}), KIOSK) is None


def test_a_shop_without_a_secret_warns_only_if_it_sells(tmp_path: Path) -> None:
    products, shop = tmp_path / "products.yaml", {"kiosk": Kiosk()}
    for entries, warned in (("kiosk: []", False), ("kiosk: [{product_id: a, tier: b}]", True)):
        products.write_text(entries)
        told = unset_secrets(shop, sources_in_use(products, ["kiosk"]))
        assert bool(told) == warned
    (sentence,) = [each.sentence for each in told]
    assert "KIOSK_WEBHOOK_SECRETS is not set" in sentence
    assert "docs/storefronts/kiosk.md" in sentence


@ON_SQLITE
async def test_body_that_is_too_long_to_verify_is_a_strangers_and_counted(setup: Setup) -> None:
    setup.with_worker = False
    setup.others = {"kiosk": Kiosk([LabeledSecret(SECRET)])}
    long = paid("17", line(1, 5), filler="x" * 2 * 1024 * 1024)
    async with running(setup) as web, httpx.AsyncClient(trust_env=False, verify=NO_TLS) as http:
        for path in ("/webhooks/kiosk", "/nowhere"):
            answer = await http.post(
                web.url + path, content=long.body, headers=long.headers(SECRET, datetime.now(UTC))
            )
            assert (answer.status_code, answer.content) == (404, b'{"detail":"Not Found"}')

        async def counted() -> bool | None:
            _, told = await warnings(web.url)
            return any("its body is longer than" in each for each in told) or None

        await until(counted, "/readyz tells of the body")
        assert await web.events() == []
