"""The story of a run in the Web UI: its steps, in order, with their results."""

from dataclasses import dataclass, field

from temporalio import workflow


@dataclass(slots=True)
class Story:
    steps: list[str] = field(default_factory=list)

    def tell(self, step: str) -> int:
        """Add a step; return its place."""
        self.steps.append(step)
        self.show()
        return len(self.steps) - 1

    def retell(self, place: int, step: str) -> None:
        """Replace a step, when the next step is told."""
        self.steps[place] = step

    def show(self) -> None:
        workflow.set_current_details(" → ".join(self.steps))
