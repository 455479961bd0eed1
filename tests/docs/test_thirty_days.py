"""An app that is mostly offline, through 30 days: the Python code of docs/apps, and a set clock."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from db.answer_keys import use_answer_key, withdraw_answer_key
from db.engine import Database
from db.signing_keys import KnownKey
from domain.license import License
from embedded.ports import free_ports
from licensing.answers import Answer, AnswerSigner, LicenseClaims
from licensing.private_keys import generate_private_key
from licensing.signing import Signer
from tests.db.rows import NOON
from tests.docs.building import running_app
from tests.docs.live_shop import PRODUCT, Canned, LiveShop, User, answering, live_shop, user_of
from tests.support.online import Value, put, sell

DAY = timedelta(days=1)


@dataclass(slots=True)
class Month:
    """Thirty days of one member, her license, and her app."""

    shop: LiveShop
    user: User
    license: License

    async def dawn(self, day: int, *, online: bool) -> None:
        """Set the clocks to a day. The worker works each day; the app may be at sea."""
        self.shop.api.clock.now = NOON + day * DAY
        await self.shop.work()
        self.user.url = None if online else f"http://127.0.0.1:{free_ports(1)[0]}"
        self.user.kept = json.loads(json.dumps(self.user.kept))  # As the app saved it.

    async def becomes(self, **columns: Value) -> None:
        """Change the license. Each change takes back its token, and the worker signs a new one."""
        self.license = put(self.shop.database, self.license, token=None, **columns)
        await self.shop.work()

    async def refresh_from_a_mirror(self) -> None:
        """Fetch the revocation list from a file server, where the API is blocked."""
        served = await self.shop.api.http.get("/v1/revocations")
        async with answering({"/v1/revocations": Canned(served.text)}) as self.user.url:
            await self.user.refresh()


@asynccontextmanager
async def a_month(database: Database, folder: Path, signer: Signer) -> AsyncIterator[Month]:
    async with live_shop(database, folder, signer) as shop:
        with running_app("python", folder) as app:
            paid = NOON + 20 * DAY
            license_ = sell(database, device_limit=2, expires_at=paid, grace_until=paid + 3 * DAY)
            await shop.work()
            yield Month(shop, user_of(app, shop, license_.key), license_)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_member_s_app_lives_through_a_month(
    database: Database, tmp_path: Path, signer: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "*")
    async with a_month(database, tmp_path, signer) as month:
        await the_first_days(month)
        await at_sea(month)
        await a_late_renewal(month)
        await a_refund_and_its_end(month)
        await thieves(month)


async def the_first_days(month: Month) -> None:
    user = month.user
    assert (user.offline(), user.licensed()) == ("GO_ONLINE", "GO_ONLINE")
    assert await user.check() == "DEVICE_NOT_ACTIVATED"
    assert await user.check("activate", label="Her laptop") == "VALID"
    for day in (1, 2, 3):
        await month.dawn(day, online=True)
        assert await user.check() == "VALID"
        assert user.told is not None
        assert user.told["device"]["last_seen"][:10] == f"2026-09-0{day}"  # The day before.
        assert user.told["devices"] == {"used": 1, "limit": 2}


async def at_sea(month: Month) -> None:
    """Her lease of day 3 lasts 14 days, and a clock that she sets back does not make it longer."""
    user = month.user
    for day in range(4, 17):
        await month.dawn(day, online=False)
        assert await user.told_by_check() == ("VALID", None)
        await user.refresh()
    await month.dawn(18, online=False)
    assert await user.check() == "GO_ONLINE"
    user.ahead = -16 * DAY // timedelta(seconds=1)
    assert (await user.check(), user.offline()) == ("CLOCK_BEHIND", "CLOCK_BEHIND")
    user.ahead = 0


async def a_late_renewal(month: Month) -> None:
    """Her paid time ends at day 20, its grace at day 23, and her renewal comes at day 22."""
    user = month.user
    await month.dawn(21, online=True)
    assert await user.check() == "VALID"
    assert user.told is not None
    assert user.told["license"]["in_grace"] is True
    await month.dawn(22, online=False)
    assert (user.offline(), user.licensed()) == ("VALID", "VALID")
    await month.dawn(24, online=False)
    assert (user.offline(), user.licensed()) == ("GO_ONLINE", "GO_ONLINE")
    assert await user.told_by_check() == ("GO_ONLINE", None)
    await month.becomes(expires_at=NOON + 50 * DAY, grace_until=NOON + 53 * DAY)
    await month.dawn(25, online=True)
    assert await user.check() == "VALID"
    assert (user.offline(), user.licensed()) == ("VALID", "VALID")  # The token came by key.


async def a_refund_and_its_end(month: Month) -> None:
    """Her app cannot ask, and learns of a refund from a copy of the revocation list."""
    user = month.user
    await month.becomes(status="revoked", reason="refunded")
    await month.dawn(26, online=False)
    assert (user.offline(), user.licensed()) == ("VALID", "VALID")
    await month.refresh_from_a_mirror()
    assert (user.offline(), user.licensed()) == ("REVOKED", "REVOKED")
    older = user.kept["revocations"]
    await month.becomes(status="active", reason=None)
    await month.dawn(27, online=False)
    await month.refresh_from_a_mirror()
    assert (user.offline(), user.licensed()) == ("VALID", "VALID")
    async with answering({"/v1/revocations": Canned(older)}) as user.url:
        await user.refresh()
    assert user.offline() == "VALID"  # An older list that somebody sends again changes nothing.


async def thieves(month: Month) -> None:
    """Her answers serve no other device, and a stolen answer key dies with its entry."""
    shop, user = month.shop, month.user
    copied = user_of(user.app, shop, month.license.key)
    copied.kept |= {name: user.kept[name] for name in ("answer", "keys")}
    assert copied.offline() == "GO_ONLINE"

    await month.dawn(28, online=True)
    stolen = AnswerSigner(generate_private_key().encode(), "mintpost")
    key = stolen.public_key
    await shop.database.write(use_answer_key, KnownKey(key.kid, key.x), shop.api.clock())
    await shop.work()
    its_list = (await shop.api.http.get("/v1/keys")).text
    device = copied.kept["device"]
    copied.kept |= {"answer": forged(stolen, device, shop.api.clock()), "keys": its_list}
    assert copied.offline() == "VALID"  # So long as the list names the key.
    async with thief_s_server(stolen, its_list, shop.api.clock()) as copied.url:
        assert await copied.check() == "VALID"
    copied.url = None

    await shop.database.write(withdraw_answer_key, key.kid, "stolen", shop.api.clock())
    await month.dawn(29, online=True)
    copied.kept |= {"answer": forged(stolen, device, shop.api.clock())}
    assert await copied.check() == "DEVICE_NOT_ACTIVATED"  # The real API is asked first.
    copied.kept |= {"answer": forged(stolen, device, shop.api.clock())}
    assert copied.offline() == "GO_ONLINE"
    async with thief_s_server(stolen, its_list, shop.api.clock()) as copied.url:
        assert await copied.told_by_check() == ("GO_ONLINE", None)

    await month.dawn(30, online=True)
    assert (await user.check(), user.offline(), user.licensed()) == ("VALID", "VALID", "VALID")
    user.kept["keys"] = its_list
    user.kept["answer"] = forged(stolen, user.kept["device"], NOON + 36 * DAY)
    shop.api.clock.now = NOON + 36 * DAY
    assert user.offline() == "GO_ONLINE"  # Also by the old list, once that is over.


def forged(stolen: AnswerSigner, device: str, now: datetime, nonce: str | None = None) -> str:
    claims = LicenseClaims("invented", PRODUCT, "pro", 1)
    return stolen.sign(Answer("VALID", now, now + 14 * DAY, device, nonce, claims))


@asynccontextmanager
async def thief_s_server(stolen: AnswerSigner, its_list: str, now: datetime) -> AsyncIterator[str]:
    """Answer VALID with the stolen key to any question, and offer the list that named it."""

    def answer(asked: dict[str, str]) -> Canned:
        token = forged(stolen, asked["device"], now, asked["nonce"])
        return Canned({"valid": True, "code": "VALID", "answer": token, "token": None})

    async with answering({"/v1/validate": answer, "/v1/keys": Canned(its_list)}) as url:
        yield url
