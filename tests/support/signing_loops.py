"""Runs the worker's loops that sign current tokens and the list of answer keys."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from activities.answer_keys import AnswerKeySigner
from activities.tokens import TokenSigner
from db.engine import Database
from db.signing_keys import KnownKey, remember_key
from kit.clock import utc_now
from kit.loop import Pauses
from licensing.signing import Signer


@asynccontextmanager
async def signing_loops(
    database: Database, signer: Signer, pauses: Pauses | None
) -> AsyncIterator[Callable[[], None]]:
    """Store the key as a worker does, and yield the function that wakes the signer of tokens.

    `pauses` None: no loop runs.
    """
    key = signer.public_key
    await database.write(remember_key, KnownKey(key.kid, key.x), utc_now())
    tokens = TokenSigner(database, signer, pauses)
    loops = (tokens, AnswerKeySigner(database, signer, pauses=pauses))
    running = [asyncio.create_task(each.run()) for each in loops if pauses is not None]
    try:
        yield tokens.wake
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
