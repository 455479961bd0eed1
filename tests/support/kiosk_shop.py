"""A Mintpost that sells through the kiosk, whose API is on the loopback."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy import select

from db.tables import LicenseRow
from fakes.shop import FakeShop
from kit.doors.labeled_secrets import LabeledSecret
from tests.storefronts.kiosk.client import kiosk_api
from tests.storefronts.kiosk.sample import KioskEvent
from tests.storefronts.kiosk.storefront import Kiosk
from tests.support.running import Mintpost, Setup, Start
from tests.support.serving import serving

LIVE, TEST = "live, with a comma", "test-secret"
PRODUCTS = """\
kiosk:
  - {product_id: "5", tier: core, years: 1}
  - {product_id: six, tier: pro, months: 1}
  - {product_id: book, license: none}
"""


@dataclass(frozen=True, slots=True)
class Shop:
    mintpost: Mintpost
    api: FakeShop

    async def send(self, event: KioskEvent, secret: str = LIVE) -> int:
        answer = await self.mintpost.http.post(
            f"{self.mintpost.url}/webhooks/kiosk",
            content=event.body,
            headers=event.headers(secret),
        )
        return answer.status_code

    async def settled(self) -> list[tuple[str, str | None]]:
        """Return kind and outcome of every event, in order of arrival."""
        found = await self.mintpost.settled()
        return [(event.kind, event.outcome) for event in reversed(found)]

    async def tiers(self) -> list[tuple[str, str]]:
        """Return line and tier of each license."""
        lines = select(LicenseRow.line, LicenseRow.tier).order_by(LicenseRow.line)
        found = await self.mintpost.database.read(lambda session: session.execute(lines).all())
        return [(line, tier) for line, tier in found]

    async def mails(self) -> list[str]:
        return [mail.status for mail in await self.mintpost.deliveries()]


@asynccontextmanager
async def kiosk_shop(setup: Setup, api: FakeShop, start: Start) -> AsyncIterator[Shop]:
    async with serving(api.app) as url:
        secrets = [LabeledSecret(LIVE), LabeledSecret(TEST, "test")]
        api_client = kiosk_api(url, FakeShop().key)
        setup.others = {"kiosk": Kiosk(secrets, api=api_client)}
        setup.products = PRODUCTS
        async with start(setup) as started:
            yield Shop(started, api)
