"""Turns a sale into a delivered license: parse → mint → e-mail → close."""

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from workflows.common_steps import DATABASE_FAST, DATABASE_SLOW, close_order, email_license
from workflows.failing import still_owed
from workflows.local_first import local_first
from workflows.outcomes import FAILED, FULFILLED, RENEWED, ignored
from workflows.steps import (
    ClosedOrder,
    EmailedLicense,
    EventToParse,
    LicenseToEmail,
    MintedLicense,
    MintStep,
    OrderToClose,
    ParsedEvent,
    ParseStep,
    SaleToMint,
)


@workflow.defn
class FulfillSale:
    """Runs under the order's id, so that all requests of an order share one run."""

    def __init__(self) -> None:
        self.story: list[str] = []

    @workflow.run
    async def run(self, ping: EventToParse) -> ClosedOrder:
        closed = await self.fulfill_and_close(ping)
        if closed.owed is not None:
            # After a restore from a backup, the database may lack the work of an earlier step.
            closed = await self.fulfill_and_close(ping)
        if closed.owed is not None:
            raise await self.fail(ping, still_owed(closed.owed))
        return closed

    async def fulfill_and_close(self, ping: EventToParse) -> ClosedOrder:
        try:
            outcome = await self.fulfill(ping)
        except ApplicationError as failure:
            raise await self.fail(ping, failure) from None
        return await self.close(OrderToClose(ping.event_id, outcome))

    async def fail(self, ping: EventToParse, failure: ApplicationError) -> ApplicationError:
        """Close the order as failed. Return the error that ends the run."""
        await self.close(OrderToClose(ping.event_id, FAILED, failure.message))
        return ApplicationError(failure.message, type=failure.type, non_retryable=True)

    async def fulfill(self, ping: EventToParse) -> str:
        parsed = await self.parse(ping)
        if parsed.sale_id is None:
            return ignored(parsed.ignored)
        minted = await self.mint(SaleToMint(ping.event_id, parsed.sale_id))
        if minted.ignored is not None:
            return ignored(minted.ignored)
        if minted.delivery_id is not None:
            letter = LicenseToEmail(ping.event_id, minted.delivery_id)
            await self.email(letter, f"e-mail license {minted.license_id}")
        return RENEWED if minted.renewed else FULFILLED

    async def parse(self, ping: EventToParse) -> ParsedEvent:
        self.tell(f"parse ping {ping.event_id}")
        return await local_first(
            ParseStep.parse,
            ping,
            activity_id="parse",
            summary=f"parse ping {ping.event_id}",
            fast=DATABASE_FAST,
            slow=DATABASE_SLOW,
        )

    async def mint(self, sale: SaleToMint) -> MintedLicense:
        self.tell("mint")
        minted = await local_first(
            MintStep.mint,
            sale,
            activity_id="mint",
            summary=f"mint a license for sale {sale.sale_id}",
            fast=DATABASE_FAST,
            slow=DATABASE_SLOW,
        )
        if minted.ignored is None:
            did = "extend" if minted.renewed else "mint"
            self.story[-1] = f"{did} {minted.tier}, {minted.term}"
        return minted

    async def email(self, letter: LicenseToEmail, summary: str) -> EmailedLicense:
        self.tell(summary)
        return await email_license(letter, summary)

    async def close(self, order: OrderToClose) -> ClosedOrder:
        self.tell("close")
        closed = await close_order(order)
        self.tell(f"**{closed.outcome}**" if closed.owed is None else f"{closed.owed} is owed")
        return closed

    def tell(self, step: str) -> None:
        self.story.append(step)
        workflow.set_current_details(" → ".join(self.story))
