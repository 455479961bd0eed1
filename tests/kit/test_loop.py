"""A background loop that ends when it is canceled, at whatever moment."""

import asyncio
from typing import ClassVar

import pytest
from typing_extensions import override

from kit.loop import BackgroundLoop

PATIENCE_SECONDS = 5


class Idle(BackgroundLoop):
    waits: ClassVar[str] = "nothing waits"
    recovered: ClassVar[str] = "nothing recovered"

    @override
    async def run_once(self) -> None:
        return


@pytest.mark.parametrize("turns", range(4))
async def test_a_loop_that_is_canceled_as_it_is_woken_ends(turns: int) -> None:
    loop = Idle(None)
    running = asyncio.create_task(loop.run())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    loop.wake()
    for _ in range(turns):
        await asyncio.sleep(0)
    running.cancel()
    await asyncio.wait({running}, timeout=PATIENCE_SECONDS)
    assert running.cancelled()
