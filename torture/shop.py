"""The shop of a run: its entry in the registry, its made-up requests, and a fake of its API."""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

import uvicorn
from starlette.applications import Starlette
from typing_extensions import override

from embedded.ports import HOST
from fakes.shop_api import FakeShopApi
from fakes.shops import fake_api
from storefronts.package import StorefrontPackage
from storefronts.sample import SampleShop
from torture.app_plan import DEVICES
from torture.orders import TERM
from torture.stories import CORE, PLUS, PRO
from torture.traits import ShopTraits

PRODUCT_ID = "torture"
LOOK_SECONDS = 0.01


@dataclass(frozen=True, slots=True)
class TorturedShop:
    """`api` None: a reading asks the shop nothing."""

    package: StorefrontPackage
    secret: str = field(repr=False)
    api: FakeShopApi | None = None

    @property
    def source(self) -> str:
        return self.package.name

    @property
    def sample(self) -> SampleShop:
        return self.package.sample_shop(self.secret)

    @property
    def repeats_bodies(self) -> bool:
        """Tell whether a repeated event is the same, byte for byte, and stored only once."""
        return self.package.abilities.event_keys

    @property
    def traits(self) -> ShopTraits:
        made = self.sample
        return ShopTraits(
            names=made.names,
            charge_id=made.charge_id,
            tells_times=made.tells_times,
            tells_periods=made.tells_periods,
            has_api=self.api is not None,
        )

    @property
    def products(self) -> str:
        """Return the mapping: an entry for each tier, by an option or by a product of its own."""
        plans = (self._plan(tier) for tier in (CORE, PLUS, PRO))
        return f"{self.source}:\n{''.join(plans)}"

    def product_id(self, tier: str) -> str:
        """Return the product of a tier, unless its tiers are options of one product."""
        return PRODUCT_ID if tier == CORE or self.sample.has_variants else f"{PRODUCT_ID}-{tier}"

    def _plan(self, tier: str) -> str:
        is_option = self.sample.has_variants and tier != CORE
        option = f"    variant: {{Tier: {tier}}}\n" if is_option else ""
        return (
            f"  - product_id: {self.product_id(tier)}\n{option}"
            f"    tier: {tier}\n    months: {TERM.months}\n    devices: {DEVICES}\n"
        )


def shop_to_torture(package: StorefrontPackage) -> TorturedShop:
    return TorturedShop(package, secrets.token_urlsafe(24), fake_api(package.name))


class QuietServer(uvicorn.Server):
    """Leaves the signals to the command, which stops everything in its order."""

    @override
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def served_api(shop: TorturedShop) -> AsyncIterator[Mapping[str, str]]:
    """Serve the fake, and yield the worker's settings for it."""
    if shop.api is None:
        yield {}
        return
    async with _serving(shop.api.app) as url:
        name = shop.source.upper()
        yield {f"{name}_API_KEY": shop.api.keys["live"], f"{name}_API_URL": url}


@asynccontextmanager
async def _serving(app: Starlette) -> AsyncIterator[str]:
    # uvicorn's own configuration would silence each other server of this process for good.
    config = uvicorn.Config(app, host=HOST, port=0, log_config=None, lifespan="off")
    server = QuietServer(config)
    task = asyncio.create_task(server.serve())
    # A fault breaks answers on purpose, and uvicorn would write each down as an error.
    errors = logging.getLogger("uvicorn.error")
    level = errors.level
    errors.setLevel(logging.CRITICAL)
    try:
        while not (server.started or task.done()):  # noqa: ASYNC110 - uvicorn tells no event
            await asyncio.sleep(LOOK_SECONDS)
        yield f"http://{HOST}:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await task
        errors.setLevel(level)
