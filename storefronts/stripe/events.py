"""An event of Stripe: a snapshot with the whole object, or a thin one with the object's id."""

from dataclasses import dataclass
from datetime import datetime

from domain.errors import SaleInvalidError
from domain.questions import Question, UnansweredError
from storefronts.base import StoredRequest
from storefronts.document import Member
from storefronts.signed_door import usable_or_none
from storefronts.stripe.times import moment_of

THIN = "v2.core.event"
THIN_NAMES = "v1."


@dataclass(frozen=True, slots=True)
class StripeEvent:
    """Both payload styles tell one fact: a thin `v1.NAME` is read as NAME.

    Each part raises SaleInvalidError where the body lacks it.
    """

    document: Member
    request: StoredRequest

    @property
    def is_thin(self) -> bool:
        return self.document["object"].text_or_none() == THIN

    @property
    def name(self) -> str:
        name = self.document["type"].text()
        return name.removeprefix(THIN_NAMES) if self.is_thin else name

    @property
    def key(self) -> str | None:
        return usable_or_none(self.document["id"].text_or_none())

    @property
    def at(self) -> datetime:
        """Return the time of the event. It does not order events."""
        return moment_of(self.document["created"], self.request)

    @property
    def is_test(self) -> bool:
        return not self.document["livemode"].flag()

    @property
    def account(self) -> str | None:
        """Return the connected account of the event; None: it is of the account that asked."""
        if not self.is_thin:
            return self.document["account"].text_or_none()
        context = self.document["context"].text_or_none()
        return context.rpartition("/")[2] if context else None

    @property
    def own(self) -> Member | None:
        """Return the object in a snapshot; None: the event is thin."""
        return None if self.is_thin else self.document["data"]["object"]

    @property
    def object_id(self) -> str:
        told = self.document["related_object"] if self.is_thin else self.document["data"]["object"]
        return told["id"].order_identifier()

    @property
    def previous(self) -> Member:
        """Return the former values of the changed parts. A thin event has none."""
        return self.document["data"]["previous_attributes"]

    def whole(self, question: Question) -> Member:
        """Return the object, as the event has it. Raises UnansweredError for a thin event."""
        return self.own or self._known(self.request.answer(question))

    def newest(self, question: Question) -> Member:
        """Return the object as Stripe's API has it now. Raises UnansweredError.

        Where the API does not know it, the event's own object counts.
        """
        return self.request.answer(question) or self._known(self.own)

    def newest_at(self, question: Question) -> datetime:
        """Return the time of the newest object, because no time orders Stripe's events."""
        told = self.request.told(question)
        return told.at if told.is_found else self.at

    def known(self, question: Question) -> Member | None:
        """Return the object as far as it is known now, for its name."""
        try:
            return self.request.answer(question) or self.own
        except UnansweredError:
            return self.own

    def _known(self, found: Member | None) -> Member:
        if found is None:
            raise SaleInvalidError("Stripe's API must know the object that it names")
        return found
