"""The kiosk's settings as a person writes them into the environment."""

from datetime import UTC, datetime

import pytest

from kit.doors.labeled_secrets import MatchedSecret
from kit.environment import SettingsError
from settings.loading import load
from storefronts.keyed_api import KeyedApi
from storefronts.sample import SampleSale
from tests.storefronts.kiosk.client import kiosk_api
from tests.storefronts.kiosk.package import KIOSK
from tests.storefronts.test_packages import let_in

SALE = SampleSale("17", "5", "Lumen", "ada@example.com", "Ada", datetime(2026, 9, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("secret", "matched"),
    [
        ("live, with a comma", MatchedSecret(0, "live")),
        ("the next", MatchedSecret(1, "live")),
        ("of the sandbox", MatchedSecret(2, "test")),
    ],
)
def test_a_comma_separates_no_secrets(
    secret: str, matched: MatchedSecret, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KIOSK_WEBHOOK_SECRETS", '["live, with a comma", "the next"]')
    monkeypatch.setenv("KIOSK_TEST_WEBHOOK_SECRETS", '["of the sandbox"]')
    request = KIOSK.sample_shop(secret).request(SALE)

    assert let_in(KIOSK.open_for_api(load), request) == matched


def test_only_the_worker_gets_the_key_of_the_shops_api(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIOSK_API_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("KIOSK_API_KEY", "the key")

    assert KIOSK.open_for_api(load).api is None
    api = KIOSK.open_for_worker(load).api
    assert isinstance(api, KeyedApi)
    assert api.accounts == kiosk_api("http://127.0.0.1:1", "the key").accounts


@pytest.mark.parametrize("written", ["live, with a comma", '["open', "[17]", "{}"])
def test_a_list_that_is_no_list_is_refused_and_not_quoted(
    written: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KIOSK_WEBHOOK_SECRETS", written)
    with pytest.raises(SettingsError) as raised:
        KIOSK.open_for_api(load)

    assert str(raised.value).startswith("KIOSK_WEBHOOK_SECRETS: ")
    assert written not in str(raised.value)
