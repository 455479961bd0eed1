"""Everything that can go wrong with a sale, as one tree.

    MintpostError
    ├── TransientError            goes away by itself: retried quickly, then up to every ten
    │   │                         minutes, without end
    │   ├── DatabaseAwayError     the database did not answer, or refused for the moment
    │   ├── MailerAwayError       the provider surely has not got the mail: try again
    │   └── DeliveryInDoubtError  the provider may have got the mail: look before sending again
    ├── OperatorError             a person must change something; retried without end at a
    │   │                         calmer pace, so that the sale resumes by itself after the fix
    │   ├── ProductUnmappedError  products.yaml has no entry for what was bought
    │   ├── MailerRefusesError    the provider refuses our account, token, sender or settings
    │   └── SigningKeyRevokedError  a person took the key out of use with which we sign
    └── PermanentError            no repetition helps: the sale fails, a minted license stays
        ├── SaleInvalidError      the body is no sale that could be fulfilled
        ├── RowMissingError       the database does not hold what this run began with
        ├── RecipientRefusedError no provider takes this recipient
        └── MailBuiltWronglyError the provider says that we built the mail wrongly

Each class builds its sentence from facts: what is, what would be right, what to do next.
A sentence names sales and deliveries and never an address; `detail` is a provider's own
wording, which may hold one: it stands on the delivery's row and goes nowhere else.

What a person sees and does not retry is a value, not an error: the outcome `ignored:<why>`.
A broken setting is none of these either: the process says what is wrong and does not start.
"""

from datetime import timedelta
from typing import ClassVar, Literal

from domain.outages import ASKS, QUESTION

FailureType = Literal["Transient", "DeliveryInDoubt", "NeedsOperator", "Permanent"]


class MintpostError(Exception):
    """The root. `failure_type` is the name by which a workflow knows the branch."""

    failure_type: ClassVar[FailureType]

    def __init__(
        self, sentence: str, *, detail: str | None = None, retry_after: timedelta | None = None
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.detail = detail
        self.retry_after = retry_after


class TransientError(MintpostError):
    failure_type: ClassVar[FailureType] = "Transient"


class DatabaseAwayError(TransientError):
    """`cause` is what a search knows it by; `reason`, a clause, says what mends it.

    `question` is for the person who started a process: what they should look at, if anything.
    """

    def __init__(self, cause: str, reason: str | None = None) -> None:
        because = f": {reason}" if reason else ""
        self.what = f"the database cannot be used right now ({cause}){because}"
        self.question = f": {QUESTION}" if reason in ASKS else ""
        super().__init__(f"{self.what}; trying again")


class MailerAwayError(TransientError):
    """`what` is the provider's state as the end of a sentence: "is down for maintenance"."""

    def __init__(
        self,
        provider: str,
        what: str,
        *,
        detail: str | None = None,
        retry_after: timedelta | None = None,
    ) -> None:
        super().__init__(
            f"{provider} {what}; nothing was sent, trying again",
            detail=detail,
            retry_after=retry_after,
        )


class DeliveryInDoubtError(TransientError):
    """The mail may have been accepted. Never send again before a look-up has its say."""

    failure_type: ClassVar[FailureType] = "DeliveryInDoubt"

    def __init__(
        self,
        provider: str,
        what: str,
        *,
        detail: str | None = None,
        retry_after: timedelta | None = None,
    ) -> None:
        super().__init__(
            f"{provider} {what}; looking up whether the mail went out before sending again",
            detail=detail,
            retry_after=retry_after,
        )


class OperatorError(MintpostError):
    failure_type: ClassVar[FailureType] = "NeedsOperator"


class ProductUnmappedError(OperatorError):
    def __init__(self, source: str, product_id: str, variants: str = "") -> None:
        variant = f" ({variants})" if variants else ""
        super().__init__(
            f'unmapped product "{product_id}"{variant}: add it under {source} in products.yaml'
        )


class MailerRefusesError(OperatorError):
    """`what` says what is refused and how to mend it, as a whole sentence without its stop."""

    def __init__(self, what: str, *, detail: str | None = None) -> None:
        super().__init__(f"{what}; the e-mail waits and goes out by itself", detail=detail)


class SigningKeyRevokedError(OperatorError):
    def __init__(self, kid: str, day: str) -> None:
        super().__init__(
            "the license signing key (LICENSE_SIGNING_KEY or LICENSE_SIGNING_KEY_FILE) was revoked "
            f"on {day}, its kid is {kid}: put a new one in its place, and start the worker again; "
            "this prints one: `mintpost keys generate`"
        )


class PermanentError(MintpostError):
    failure_type: ClassVar[FailureType] = "Permanent"


class SaleInvalidError(PermanentError):
    """`what` names the field and what would be right; it quotes nothing of the body."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"this event is no sale that can be fulfilled: {what}; correct it at the storefront "
            "and send the event again from there"
        )


class RowMissingError(PermanentError):
    """A run outlives its rows where the database is restored from a backup, and Temporal is not."""

    def __init__(self, table: str) -> None:
        super().__init__(
            f"the database does not hold what this run began with (in {table}), as after its "
            "restore from a backup; send the event again from the storefront"
        )


class RecipientRefusedError(PermanentError):
    """`why` has no address in it: "Postmark rejects the address". `mend` says what to do."""

    def __init__(
        self,
        delivery_id: int,
        why: str,
        *,
        mend: str = "correct it with `mintpost resend --to`",
        detail: str | None = None,
    ) -> None:
        super().__init__(f"{why} of delivery {delivery_id}: {mend}", detail=detail)


class MailBuiltWronglyError(PermanentError):
    def __init__(self, provider: str, delivery_id: int, *, detail: str | None = None) -> None:
        super().__init__(
            f"Mintpost built a mail that {provider} refuses (delivery {delivery_id}): "
            "`mintpost deliveries` shows its words; please report this",
            detail=detail,
        )
