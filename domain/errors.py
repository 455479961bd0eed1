"""All errors of a sale, as one tree.

    MintpostError
    ├── TransientError            goes away by itself: retried soon at first, later every ten
    │   │                         minutes, without end
    │   ├── DatabaseAwayError     the database did not answer, or refused for the moment
    │   ├── FirstPaymentRunsError  a charge needs the license that its first payment mints
    │   ├── StorefrontAwayError   the shop's API gave no usable answer
    │   ├── MailerAwayError       the provider surely did not get the mail: send again
    │   └── DeliveryInDoubtError  the provider may have the mail: look it up before sending again
    ├── OperatorError             a person must change something; retried without end at a
    │   │                         calmer pace, so that the sale resumes by itself after the fix
    │   ├── ProductUnmappedError  products.yaml has no entry for the product
    │   ├── StorefrontRefusesError  the shop's API refuses our key or our question
    │   ├── AddressMissingError   the shop told no address to mail a license to
    │   ├── MailerRefusesError    the provider refuses our account, token, sender or settings
    │   └── SigningKeyRevokedError  a person revoked the key that we sign with
    └── PermanentError            no repetition helps: the sale fails, a minted license stays
        ├── SaleInvalidError      the body is no sale that can be fulfilled
        │   ├── ValueImpossibleError a number is in its form, and no sale can have it
        │   └── FactInvalidError  the body names a change, and no license that changes
        ├── RowMissingError       the database lacks a row that this run began with
        ├── RecipientRefusedError no provider takes this recipient
        └── MailBuiltWronglyError the provider says that we built the mail wrongly

Each class builds its sentence from facts: the state found, the right state, the next act.
A sentence that asks for a command ends in a whole one: `name_sale` puts the sale into it, because
the part that raises the error may know only a delivery.
A sentence names sales and deliveries, never an address. `detail` holds a provider's own words,
perhaps with an address, so `detail` is stored in the delivery's row only.

An event that mints nothing and needs no retry is a value, not an error: the outcome
`ignored:<why>`. A broken setting is no error of a sale: the process names it and does not start.
"""

from datetime import timedelta
from typing import ClassVar

from typing_extensions import override

from domain.advice import advised
from domain.error_branches import FailureType, OperatorError, PermanentError, TransientError
from domain.identifiers import order_reference
from domain.outages import ASKS, QUESTION


class DatabaseAwayError(TransientError):
    """The database cannot be used. `what` is the sentence without the promise of a retry.

    `cause` is a code or word to search the web for. `reason` is a clause that names the cure.
    `question` tells the person who started a process where to look; it may be empty.
    """

    def __init__(self, cause: str, reason: str | None = None) -> None:
        because = f": {reason}" if reason else ""
        self.what = f"the database cannot be used right now ({cause}){because}"
        self.question = f": {QUESTION}" if reason in ASKS else ""
        super().__init__(f"{self.what}; trying again")


class FirstPaymentRunsError(TransientError):
    """Both payments of a line came at once, and one license of the line shall be the first's."""

    def __init__(self) -> None:
        super().__init__("the first payment of its subscription's line still runs; trying again")


class StorefrontAwayError(TransientError):
    """`what` is the state of the shop's API, as the end of a sentence: "answered 503"."""

    def __init__(self, title: str, what: str, *, retry_after: timedelta | None = None) -> None:
        self.said = what
        self.what = f"the API of {title} {what}"
        super().__init__(f"{self.what}; trying again", retry_after=retry_after)


class MailerAwayError(TransientError):
    """`what` is the end of a sentence about the provider: "is down for maintenance"."""

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
    """The provider may have accepted the mail. Look it up before sending again."""

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


class ProductUnmappedError(OperatorError):
    def __init__(self, source: str, product_id: str, details: str = "") -> None:
        detail = f" ({details})" if details else ""
        super().__init__(
            f'unmapped product "{product_id}"{detail}: add it under {source} in products.yaml'
        )


class StorefrontRefusesError(OperatorError):
    """`what` is the refusal, and `cure` the order to a person that ends it.

    "the shop refuses the key for line items (403)", "give it read rights for Checkout Sessions".
    `lacks_right`: the key is good, and lacks a right.
    """

    def __init__(self, what: str, cure: str, *, lacks_right: bool = False) -> None:
        self.what = what
        self.cure = cure
        self.lacks_right = lacks_right
        super().__init__(f"{what}: {cure}; the event waits and goes on by itself")


class AddressMissingError(OperatorError):
    """The shop told no address of the buyer. The sentence ends in the command that gives one."""

    def __init__(self, source: str, order_id: str) -> None:
        self.source, self.order_id = source, order_id
        order = order_reference(source, order_id)
        super().__init__(
            f"{order} has no address to mail its license to, because the shop told none; the "
            "e-mail waits for a later copy of the order with an address, or for the one in "
            f"{advised('resend', order, options=['--to ADDRESS'])}"
        )


class MailerRefusesError(OperatorError):
    """`what` names the refused setting and the cure: a whole sentence without its full stop."""

    def __init__(self, what: str, *, detail: str | None = None) -> None:
        super().__init__(f"{what}; the e-mail waits and goes out by itself", detail=detail)


class SigningKeyRevokedError(OperatorError):
    def __init__(self, kid: str, day: str) -> None:
        super().__init__(
            "the license signing key (LICENSE_SIGNING_KEY or LICENSE_SIGNING_KEY_FILE) was revoked "
            f"on {day}, its kid is {kid}: put a new one in its place, and start the worker again; "
            "this prints one: `mintpost keys generate`"
        )


class SaleInvalidError(PermanentError):
    """`what` names the field and a right value. It quotes no text of the body."""

    sentence_of: ClassVar[str] = (
        "this event is no sale that can be fulfilled: {}; correct it at the storefront and send "
        "the event again from there"
    )

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(self.sentence_of.format(what))

    @override
    def sentence_for(self, sale: str) -> str:
        return f"{self.sentence}; all that it tells: {advised('show', sale)}"


class ValueImpossibleError(SaleInvalidError):
    """A number in its right form that no sale can have. The shop's API would only repeat it."""


class FactInvalidError(SaleInvalidError):
    """A storefront does not send such an event again, so a person changes the license."""

    sentence_of: ClassVar[str] = (
        "this event tells of no order and no subscription: {}; look it up at the storefront, and "
        "change its license by hand, as with `mintpost revoke SALE --reason TEXT`"
    )


class RowMissingError(PermanentError):
    """A run outlives its rows when a person restores the database from a backup, not Temporal."""

    def __init__(self, table: str) -> None:
        super().__init__(
            f"the database does not hold what this run began with (in {table}), as after its "
            "restore from a backup; send the event again from the storefront"
        )


class RecipientRefusedError(PermanentError):
    """`why` contains no address: "Postmark rejects the address".

    `can_return`: the address may be good again, once a person has seen to it at the provider.
    """

    def __init__(
        self, delivery_id: int, why: str, *, can_return: bool = False, detail: str | None = None
    ) -> None:
        self.what = f"{why} of delivery {delivery_id}"
        self.can_return = can_return
        super().__init__(self.sentence_for("SALE"), detail=detail)

    @override
    def sentence_for(self, sale: str) -> str:
        other = advised("resend", sale, options=["--to ADDRESS"])
        if not self.can_return:
            return f"{self.what}: correct it with {other}"
        again = advised("replay", sale)
        return f"{self.what}: reactivate it there, and then {again}; or use another with {other}"


class MailBuiltWronglyError(PermanentError):
    def __init__(self, provider: str, delivery_id: int, *, detail: str | None = None) -> None:
        self.what = f"Mintpost built a mail that {provider} refuses (delivery {delivery_id})"
        super().__init__(self.sentence_for("SALE"), detail=detail)

    @override
    def sentence_for(self, sale: str) -> str:
        return f"{self.what}: please report this, with the words in {advised('show', sale)}"
