"""The steps of an event's run, one after another in this process. See `workflows/`."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from temporalio import activity
from temporalio.testing import ActivityEnvironment

import worker_parts
from activities.apply import Apply
from activities.close import Close
from activities.complete import Complete
from activities.email import EmailLicense
from activities.mint import Mint
from activities.parse import Parse
from domain.error_branches import PermanentError
from domain.event import Outcome
from domain.identifiers import sale_named_in
from workflows.order_line import LineEnd, outcome_of, owes_mail, unlicensed
from workflows.outcomes import FULFILLED, RENEWED, ignored, noted
from workflows.steps import (
    EventToApply,
    EventToComplete,
    EventToParse,
    LicenseToEmail,
    MintedLicense,
    OrderToClose,
    SaleToMint,
)

T = TypeVar("T")


def end_of(sale_id: int, minted: MintedLicense) -> LineEnd:
    if minted.ignored is not None:
        return LineEnd(sale_id, ignored(minted.ignored))
    if minted.noted is not None:
        return LineEnd(sale_id, noted(minted.noted))
    return LineEnd(sale_id, RENEWED if minted.renewed else FULFILLED)


@dataclass(frozen=True, slots=True)
class Steps:
    parse: Parse
    complete: Complete
    apply: Apply
    mint: Mint
    email: EmailLicense
    close: Close

    async def fulfill(self, event_id: int) -> OrderToClose:
        parsed = await self.parse.parse(EventToParse(event_id))
        if parsed.incomplete:
            parsed = await self.complete.complete(EventToComplete(event_id))
        if parsed.duplicate:
            return OrderToClose(event_id, Outcome.DUPLICATE)
        if parsed.applies is not None:
            return await self.apply_facts(EventToApply(event_id, parsed.applies))
        if parsed.noted is not None:
            return OrderToClose(event_id, noted(parsed.noted))
        if parsed.sale_id is None:
            return OrderToClose(event_id, ignored(parsed.ignored))
        return await self.mint_lines(event_id, (parsed.sale_id, *parsed.further_sale_ids))

    async def mint_lines(self, event_id: int, sale_ids: tuple[int, ...]) -> OrderToClose:
        minted = [await self.mint.mint(SaleToMint(event_id, each)) for each in sale_ids]
        owed = [each.delivery_id for each in minted if owes_mail(each)]
        await self.send(event_id, [each for each in owed if each is not None])
        lines = [end_of(sale_id, each) for sale_id, each in zip(sale_ids, minted, strict=True)]
        return OrderToClose(event_id, outcome_of(lines), unlicensed_sale_ids=unlicensed(lines))

    async def apply_facts(self, event: EventToApply) -> OrderToClose:
        applied = await self.apply.apply(event)
        if applied.incomplete:
            await self.complete.complete(EventToComplete(event.event_id))
            applied = await self.apply.apply(event)
        assert applied.again_at is None, "a fact takes effect later, which needs a real run"
        await self.send(event.event_id, applied.delivery_ids)
        return OrderToClose(event.event_id, applied.outcome)

    async def send(self, event_id: int, delivery_ids: list[int] | tuple[int, ...]) -> None:
        if delivery_ids:
            first, *further = delivery_ids
            await self.email.email(LicenseToEmail(event_id, first, tuple(further)))

    async def run(self, event_id: int, work: Callable[[], Awaitable[OrderToClose]]) -> str | None:
        """Do the work and close. Return the sentence of the run's failure, if it failed."""
        try:
            closed = await self.close.close(await work())
            if closed.owed is not None:
                closed = await self.close.close(await work())
        except PermanentError as error:
            error.name_sale(sale_named_in(activity.info().workflow_id or ""))
            await self.close.close(OrderToClose(event_id, Outcome.FAILED, error.sentence))
            return error.sentence
        assert closed.owed is None
        return None


async def as_activity(workflow_id: str, work: Callable[[], Awaitable[T]]) -> T:
    """Do the work as a step of the run with this id."""
    environment = ActivityEnvironment()
    environment.info = replace(environment.info, workflow_id=workflow_id)
    return await environment.run(work)


def steps_of(parts: worker_parts.WorkerParts) -> Steps:
    parse = Parse(parts.database, parts.storefronts, parts.operator)
    return Steps(
        parse,
        Complete(parts.database, parts.storefronts, parse),
        Apply(parts.database, parts.storefronts, parts.products),
        Mint(parts.database, parts.storefronts, parts.products),
        EmailLicense(parts.database, parts.mailer, parts.letters, parts.patience),
        Close(parts.database, parts.storefronts),
    )
