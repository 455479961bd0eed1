"""Reads Gumroad's registrations for refunds, disputes and memberships (2025-04).

Each event is a registration of its own, and is asked for alone. A public report, unanswered, says
that the list can come back empty although registrations exist.
"""

from typing import ClassVar

from typing_extensions import override

from domain.errors import SaleInvalidError
from domain.questions import Question
from storefronts.document import Member
from storefronts.registrations import Registration, Registrations

PATH = "/v2/resource_subscriptions?resource_name="
WANTED = frozenset(
    {
        "refund",
        "dispute",
        "dispute_won",
        "cancellation",
        "subscription_updated",
        "subscription_ended",
        "subscription_restarted",
    }
)


class GumroadRegistrations(Registrations):
    """Without `sale`: the ping endpoint of the seller's settings gets the sales."""

    wanted: ClassVar[frozenset[str]] = WANTED
    not_listed: ClassVar[str | None] = "the ping endpoint, which gets the sales,"
    questions: ClassVar[tuple[Question, ...]] = tuple(
        Question(f"{PATH}{name}", "its registrations", "the scope view_sales")
        for name in sorted(WANTED)
    )

    @override
    def read(self, document: Member, question: Question) -> tuple[Registration, ...]:
        # Gumroad answers 200 for failures too.
        if not document["success"].flag():
            raise SaleInvalidError("success must be true")
        event = frozenset({question.path.removeprefix(PATH)})
        found = document["resource_subscriptions"].items()
        return tuple(Registration(each["post_url"].text(), event) for each in found)
