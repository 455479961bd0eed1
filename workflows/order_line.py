"""One line of an order: mint → e-mail. Lines run side by side, and none waits for another."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from workflows.common_steps import DATABASE_FAST, DATABASE_SLOW, email_license
from workflows.local_first import local_first
from workflows.outcomes import FULFILLED, NOTED, RENEWED, ignored, noted
from workflows.steps import LicenseToEmail, MintedLicense, MintStep, SaleToMint
from workflows.story import Story


@dataclass(frozen=True, slots=True)
class LineEnd:
    """The outcome of one line."""

    sale_id: int
    outcome: str


@dataclass(frozen=True, slots=True)
class FulfillLine:
    """`number` is 1 for the first line. Activities of the first line have the bare step names."""

    event_id: int
    sale_id: int
    number: int
    story: Story

    async def fulfill(self) -> LineEnd:
        minted = await self.mint()
        await self.email(minted)
        return self.end(minted)

    def end(self, minted: MintedLicense) -> LineEnd:
        if minted.ignored is not None:
            return LineEnd(self.sale_id, ignored(minted.ignored))
        if minted.noted is not None:
            return LineEnd(self.sale_id, noted(minted.noted))
        return LineEnd(self.sale_id, RENEWED if minted.renewed else FULFILLED)

    async def email(self, minted: MintedLicense, others: Sequence[MintedLicense] = ()) -> None:
        """Send the mail that the line owes, if any, with the licenses of other lines in it."""
        if minted.delivery_id is None or not owes_mail(minted):
            return
        licenses = ", ".join(str(each.license_id) for each in (minted, *others))
        summary = f"e-mail license {licenses}"
        self.story.tell(summary)
        further = tuple(each.delivery_id for each in others if each.delivery_id is not None)
        letter = LicenseToEmail(self.event_id, minted.delivery_id, further)
        await email_license(letter, summary, self.story, self.activity_id("email"))

    async def mint(self, waits: Callable[[], None] = lambda: None) -> MintedLicense:
        told = self.story.tell("mint")
        minted = await local_first(
            MintStep.mint,
            SaleToMint(self.event_id, self.sale_id),
            story=self.story,
            activity_id=self.activity_id("mint"),
            summary=f"mint a license for sale {self.sale_id}",
            fast=DATABASE_FAST,
            slow=DATABASE_SLOW,
            waits=waits,
        )
        if minted.ignored is None and minted.noted is None:
            did = "extend" if minted.renewed else "mint"
            self.story.retell(told, f"{did} {minted.tier}, {minted.term}")
        return minted

    def activity_id(self, step: str) -> str:
        return step if self.number == 1 else f"{step}:{self.number}"


def owes_mail(minted: MintedLicense) -> bool:
    """Tell whether the line has a mail. A payment that went back has none, whatever is owed."""
    taken = minted.ignored is not None or minted.noted is not None
    return minted.delivery_id is not None and not taken


def outcome_of(lines: Sequence[LineEnd]) -> str:
    """Return the order's outcome: a fulfilled line decides, else a renewed line, else the first."""
    outcomes = [line.outcome for line in lines]
    done = [each for each in (FULFILLED, RENEWED) if each in outcomes]
    return (done or outcomes)[0]


def unlicensed(lines: Iterable[LineEnd]) -> tuple[int, ...]:
    """Return the lines that get no license. A noted line gets one, because its neighbor did."""
    done = (FULFILLED, RENEWED)
    ended = (each for each in lines if each.outcome not in done)
    return tuple(each.sale_id for each in ended if not each.outcome.startswith(NOTED))
