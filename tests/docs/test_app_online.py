"""The code of docs/apps asks a real Mintpost, and goes on offline."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from db.engine import Database
from embedded.ports import free_ports
from licensing.signing import Signer
from tests.docs.building import App
from tests.docs.live_shop import Canned, LiveShop, answering, live_shop, user_of
from tests.support.online import put, sell

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

DAY = timedelta(days=1)


@pytest.fixture
async def shop(
    database: Database, tmp_path: Path, signer: Signer, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[LiveShop]:
    monkeypatch.setenv("no_proxy", "*")
    async with live_shop(database, tmp_path, signer) as running:
        yield running


async def test_an_activated_app_goes_on_offline_until_its_lease_ends(
    app: App, shop: LiveShop
) -> None:
    user = user_of(app, shop, sell(shop.database).key)
    assert (await user.check(), user.offline()) == ("DEVICE_NOT_ACTIVATED", "DEVICE_NOT_ACTIVATED")
    assert (await user.check("activate", label="Ada's"), user.offline()) == ("VALID", "VALID")
    assert user.told is not None
    assert user.told["device"]["label"] == "Ada's"
    shop.api.clock.now += 14 * DAY
    assert user.offline() == "VALID"  # The clock may be ahead by five minutes.
    shop.api.clock.now += timedelta(minutes=5)
    assert user.offline() == "GO_ONLINE"


async def test_without_a_verdict_nothing_changes(app: App, shop: LiveShop) -> None:
    user = user_of(app, shop, sell(shop.database).key)
    await user.check("activate")
    lease = user.kept["answer"], user.kept["keys"]
    refusals = (
        Canned("<html>Not here</html>", 404),
        Canned("<html>Sign in to this network</html>"),
        Canned("", 500),
        Canned("[1]"),
        Canned({"valid": "no", "code": "REFUNDED"}),
        Canned({"valid": False, "code": "REFUNDED", "answer": None}),
        Canned({"valid": False, "code": "REFUNDED", "answer": lease[0]}),
    )
    answers = {"/v1/validate": refusals[0]}
    async with answering(answers) as user.url:
        for answers["/v1/validate"] in refusals:
            user.kept["ask_after"] = 0
            assert await user.check() == "VALID"
    user.url = f"http://127.0.0.1:{free_ports(1)[0]}"
    user.kept["ask_after"] = 0
    assert await user.check() == "VALID"
    assert lease == (user.kept["answer"], user.kept["keys"])


async def test_no_app_asks_again_before_retry_after(app: App, shop: LiveShop) -> None:
    user = user_of(app, shop, sell(shop.database).key)
    busy = Canned({"code": "UNAVAILABLE"}, 503, {"Retry-After": "30"})
    async with answering({"/v1/validate": busy}) as user.url:
        assert await user.check() == "GO_ONLINE"
    user.url = None
    shop.api.clock.now += timedelta(seconds=29)
    assert await user.told_by_check() == ("GO_ONLINE", None)
    shop.api.clock.now += timedelta(seconds=1)
    assert await user.check() == "DEVICE_NOT_ACTIVATED"


async def test_an_old_answer_that_is_sent_again_is_no_verdict(app: App, shop: LiveShop) -> None:
    license_ = sell(shop.database)
    user = user_of(app, shop, license_.key)
    await user.check("activate")
    assert user.told is not None
    old, keys = Canned(user.told), Canned(user.kept["keys"])
    put(shop.database, license_, status="revoked", reason="refunded")
    async with answering({"/v1/validate": old, "/v1/keys": keys}) as user.url:
        assert await user.told_by_check() == ("VALID", None)  # By the lease, which goes on.
        shop.api.clock.now += 15 * DAY
        assert await user.told_by_check() == ("GO_ONLINE", None)


async def test_a_refund_ends_the_lease_once_the_app_asks(app: App, shop: LiveShop) -> None:
    license_ = sell(shop.database)
    user = user_of(app, shop, license_.key)
    await user.check("activate")
    put(shop.database, license_, status="revoked", reason="refunded")
    assert (user.offline(), await user.check(), user.offline()) == ("VALID", "REFUNDED", "REFUNDED")


async def test_the_revocation_list_ends_lease_and_token(app: App, shop: LiveShop) -> None:
    license_ = shop.sign(sell(shop.database))
    user = user_of(app, shop, license_.key)
    await user.check("activate")
    await user.refresh()
    assert (user.offline(), user.licensed()) == ("VALID", "VALID")
    put(shop.database, license_, status="suspended", reason="disputed")
    shop.api.clock.now += DAY
    await shop.work()
    await user.refresh()
    assert (user.offline(), user.licensed()) == ("REVOKED", "REVOKED")


async def test_a_clock_that_went_back_decides_nothing(app: App, shop: LiveShop) -> None:
    user = user_of(app, shop, shop.sign(sell(shop.database)).key)
    await user.check("activate")
    user.ahead = -299
    assert (user.offline(), user.licensed()) == ("VALID", "VALID")
    user.ahead = -301
    assert (user.offline(), user.licensed()) == ("CLOCK_BEHIND", "CLOCK_BEHIND")
    assert await user.check() == "VALID"  # Online the nonce says that the answer is new.


async def test_another_device_s_answer_is_no_lease_here(app: App, shop: LiveShop) -> None:
    first = user_of(app, shop, sell(shop.database).key)
    await first.check("activate")
    second = user_of(app, shop, first.kept["key"])
    second.kept |= {"answer": first.kept["answer"], "keys": first.kept["keys"]}
    assert second.offline() == "GO_ONLINE"


async def test_another_product_s_lease_and_token_are_refused(app: App, shop: LiveShop) -> None:
    user = user_of(app, shop, shop.sign(sell(shop.database)).key)
    await user.check("activate")
    other = shop.known() | {"product": "product-2"}
    assert app("offline", other, user.kept, user.now) == "GO_ONLINE"
    assert app("licensed", other, user.kept, user.now) == "WRONG_PRODUCT"


async def test_another_product_s_license_takes_no_place(app: App, shop: LiveShop) -> None:
    license_ = sell(shop.database)
    put(shop.database, license_, product_id="product-2")
    user = user_of(app, shop, license_.key)
    assert (await user.check("activate"), user.offline()) == ("WRONG_PRODUCT", "WRONG_PRODUCT")
    asked = await user.ask("validate", device="another")
    assert asked["devices"]["used"] == 0


async def test_a_device_is_released_to_make_room(app: App, shop: LiveShop) -> None:
    key = put(shop.database, sell(shop.database), device_limit=1).key
    old, new = user_of(app, shop, key), user_of(app, shop, key)
    await old.check("activate", label="The old one")
    assert await new.check("activate") == "DEVICE_LIMIT"
    assert new.told is not None
    ((label, device),) = ((one["label"], one["id"]) for one in new.told["devices"]["list"])
    released = await new.ask("deactivate", device=device)
    assert (label, released["code"]) == ("The old one", "DEACTIVATED")
    assert (await new.check("activate"), await old.check()) == ("VALID", "DEVICE_NOT_ACTIVATED")


async def test_the_newest_token_comes_by_key(app: App, shop: LiveShop) -> None:
    now = shop.api.clock().replace(microsecond=0)
    license_ = shop.sign(put(shop.database, sell(shop.database), expires_at=now + 5 * DAY))
    user = user_of(app, shop, license_.key)
    await user.check("activate")
    shop.sign(put(shop.database, license_, expires_at=now + 35 * DAY))
    shop.api.clock.now += 4 * DAY
    await user.check()
    shop.api.clock.now += 10 * DAY
    assert user.licensed() == "VALID"
    shop.api.clock.now += 30 * DAY
    assert user.licensed() == "GO_ONLINE"
