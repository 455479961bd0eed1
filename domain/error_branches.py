"""The root and the branches of the tree of errors, which `domain/errors.py` draws."""

from datetime import timedelta
from typing import ClassVar, Literal

FailureType = Literal["Transient", "DeliveryInDoubt", "NeedsOperator", "Permanent"]


class MintpostError(Exception):
    """The root. Workflows know each branch of the tree by its `failure_type`."""

    failure_type: ClassVar[FailureType]

    def __init__(
        self, sentence: str, *, detail: str | None = None, retry_after: timedelta | None = None
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.detail = detail
        self.retry_after = retry_after
        self.sale: str | None = None

    def name_sale(self, sale: str) -> None:
        """Put the sale into the commands of the sentence. The first name counts.

        `sale` is what `mintpost show` takes: an order, or an event that runs under its own id.
        """
        if self.sale is None:
            self.sale = sale
            self.sentence = self.sentence_for(sale)

    def sentence_for(self, sale: str) -> str:  # noqa: ARG002 - most sentences hold no command
        return self.sentence


class TransientError(MintpostError):
    failure_type: ClassVar[FailureType] = "Transient"


class OperatorError(MintpostError):
    failure_type: ClassVar[FailureType] = "NeedsOperator"


class PermanentError(MintpostError):
    failure_type: ClassVar[FailureType] = "Permanent"
