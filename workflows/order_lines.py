"""The lines of an order with several: minted side by side, and mailed as one."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from temporalio import workflow

from workflows.order_line import FulfillLine, LineEnd, owes_mail
from workflows.steps import MintedLicense


@dataclass(frozen=True, slots=True)
class _Minting:
    line: FulfillLine
    task: asyncio.Task[MintedLicense]


@dataclass(frozen=True, slots=True)
class FulfillLines:
    """`late` are the numbers of the lines whose mint waits where a person can see it."""

    lines: Sequence[FulfillLine]
    late: set[int] = field(default_factory=set)

    async def fulfill(self) -> list[LineEnd | BaseException]:
        """Return the end of each line, or its error.

        One mail has the licenses of all lines that do not wait. A line that waits keeps back no
        other, and its own mail follows.
        """
        mintings = [_Minting(line, self.mint(line)) for line in self.lines]
        try:
            return await self.mail(mintings)
        finally:
            # When a person cancels the run, the steps that wait end with it.
            for each in mintings:
                each.task.cancel()

    async def mail(self, mintings: Sequence[_Minting]) -> list[LineEnd | BaseException]:
        await workflow.wait_condition(lambda: not any(map(self.is_quick, mintings)))
        prompt = [each for each in mintings if each.task.done()]
        letters = [prompt, *([each] for each in mintings if each not in prompt)]
        ended = await asyncio.gather(*map(fulfill_together, letters), return_exceptions=True)
        return [end for each in ended for end in (each if isinstance(each, list) else [each])]

    def mint(self, line: FulfillLine) -> asyncio.Task[MintedLicense]:
        return asyncio.create_task(line.mint(partial(self.late.add, line.number)))

    def is_quick(self, minting: _Minting) -> bool:
        """Tell whether the mint will soon have ended, or wait where a person can see it."""
        return not minting.task.done() and minting.line.number not in self.late


async def fulfill_together(mintings: Sequence[_Minting]) -> list[LineEnd | BaseException]:
    """Send one mail when all have ended. Raise the error of the mail."""
    results = await asyncio.gather(*(each.task for each in mintings), return_exceptions=True)
    ends: list[LineEnd | BaseException] = []
    owed: list[tuple[FulfillLine, MintedLicense]] = []
    for minting, result in zip(mintings, results, strict=True):
        if isinstance(result, BaseException):
            ends.append(result)
            continue
        ends.append(minting.line.end(result))
        if owes_mail(result):
            owed.append((minting.line, result))
    if owed:
        (line, first), *others = owed
        await line.email(first, [minted for _, minted in others])
    return ends
