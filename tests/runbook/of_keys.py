"""Situations of keys: our own signing key, and a shop's key that the shop refuses."""

from contextlib import AsyncExitStack
from dataclasses import replace

from typing_extensions import override

from licensing.private_keys import generate_private_key
from licensing.signing import Signer
from tests.runbook.room import Room
from tests.runbook.situations import Situation
from tests.support.running import running_worker
from worker import ready_database


class SigningKeyRevoked(Situation):
    title = "The signing key was revoked"
    worker: AsyncExitStack

    @override
    async def begin(self, room: Room) -> str:
        signer = Signer(generate_private_key(), "mintpost")
        await room.move(with_worker=False)
        await ready_database(room.setup.database, signer)
        answer = await room.run(f"mintpost keys revoke {signer.kid} --yes --reason leaked")
        assert answer.code == 0, answer
        self.worker = await room.stack.enter_async_context(AsyncExitStack())
        own = replace(room.setup, signer=signer)
        await self.worker.enter_async_context(running_worker(own, room.mintpost.products))
        await room.sell()
        return await room.sentence("revoked")

    @override
    async def mend(self, room: Room) -> None:
        await self.worker.aclose()
        await room.work()
