"""The story of a run in the Web UI: its steps with their results, and the reason why it waits."""

from dataclasses import dataclass, field

from temporalio import workflow

from workflows.markdown import code_span
from workflows.sale_state import FAILED, PARKED, SaleState


@dataclass(slots=True)
class Story:
    """`waits` are the sentences of the steps that wait, by the step's activity id.

    `failed` is the sentence of a run that failed.
    """

    state: SaleState
    steps: list[str] = field(default_factory=list)
    waits: dict[str, str] = field(default_factory=dict)
    failed: str | None = None

    def tell(self, step: str) -> int:
        """Add a step; return its place."""
        self.steps.append(step)
        self.show()
        return len(self.steps) - 1

    def retell(self, place: int, step: str) -> None:
        """Replace a step, when the next step is told."""
        self.steps[place] = step

    async def park(self, step: str, sentence: str) -> None:
        """Tell that a step waits where a person can see it."""
        self.waits[step] = sentence
        self.show()
        await self.state.want(PARKED)

    async def resume(self, step: str) -> None:
        """Tell that a step waits no more. A step that never waited changes nothing."""
        if self.waits.pop(step, None) is None:
            return
        self.show()
        if not self.waits:
            await self.state.want(None)

    async def fail(self, sentence: str) -> None:
        self.waits.clear()
        self.failed = sentence
        self.show()
        await self.state.want(FAILED)

    def show(self) -> None:
        workflow.set_current_details("\n\n".join([" → ".join(self.steps), *self.paragraphs()]))

    def paragraphs(self) -> list[str]:
        waits = [
            f"**{step} waits**, and goes on by itself once the cause is gone: {code_span(sentence)}"
            for step, sentence in self.waits.items()
        ]
        ends = [] if self.failed is None else [code_span(self.failed)]
        return waits + ends
