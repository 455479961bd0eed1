"""Applies a schedule's faults to the shop's API: for some seconds, it fails in one way."""

import asyncio
from collections.abc import Callable, Mapping

from fakes import shop_faults
from fakes.shop_api import USUAL, FakeShopApi
from fakes.shop_faults import status, too_many
from torture.plan import Disturbance, Fault

FAULTS: Mapping[Fault, Callable[[FakeShopApi], shop_faults.Fault]] = {
    Fault.SHOP_FAILS: lambda _: status(500),
    Fault.SHOP_CLOSED: lambda _: status(503),
    Fault.SHOP_SLOWS_DOWN: lambda _: too_many(1),
    Fault.SHOP_REDIRECTS: lambda _: shop_faults.REDIRECT,
    Fault.SHOP_UNREADABLE: lambda _: shop_faults.HTML,
    Fault.SHOP_HALVES: lambda _: shop_faults.HALF,
    Fault.SHOP_BREAKS_OFF: lambda _: shop_faults.CUT,
    Fault.SHOP_HANGS: lambda _: shop_faults.HANG,
    Fault.SHOP_REFUSES_KEY: lambda api: shop_faults.Fault(api.refusals.wrong_key),
    Fault.SHOP_DENIES_RIGHT: lambda api: shop_faults.Fault(api.refusals.lacks_right),
    Fault.SHOP_EMPTIES_LISTS: lambda _: shop_faults.EMPTY_PAGE,
    Fault.SHOP_NEVER_ENDS: lambda _: shop_faults.ENDLESS,
}


async def disturb(api: FakeShopApi | None, disturbance: Disturbance) -> None:
    if api is None:
        return
    api.always = FAULTS[disturbance.fault](api)
    try:
        await asyncio.sleep(disturbance.seconds)
    finally:
        api.always = USUAL
