"""The terms of an entry of products.yaml that concern the questions of apps."""

from dataclasses import dataclass

DEFAULT_LEASE_DAYS = 14
DEFAULT_RELEASE_AFTER = 30


@dataclass(frozen=True, slots=True)
class LemonSqueezyIds:
    """The numbers that Lemon Squeezy gave store, product and variant. Apps compare them."""

    store: int
    product: int
    variant: int


@dataclass(frozen=True, slots=True)
class PolarIds:
    """The UUIDs that Polar gave organization and benefit, in lower case."""

    organization: str
    benefit: str | None = None


@dataclass(frozen=True, slots=True)
class KeygenIds:
    """The account, as a UUID or its name, and the UUID of the product in lower case."""

    account: str
    product: str


@dataclass(frozen=True, slots=True)
class OnlineTerms:
    """`devices` counts for one seat; None: any number. `lease_days` 0: no offline use.

    `release_after` is the number of days after which an unseen device gives way to a new one.
    `answer_email`: dialects answer the holder's address, because the app compares it.
    """

    devices: int | None = None
    lease_days: int = DEFAULT_LEASE_DAYS
    release_after: int = DEFAULT_RELEASE_AFTER
    answer_email: bool = False
    lemonsqueezy: LemonSqueezyIds | None = None
    polar: PolarIds | None = None
    keygen: KeygenIds | None = None

    def limit(self, seats: int, override: int | None) -> int | None:
        """Return the most devices of a license. The operator's word on the license wins."""
        if override is not None:
            return override
        return None if self.devices is None else self.devices * seats


USUAL_TERMS = OnlineTerms()
"""The terms of an entry that says nothing of them, and of a license without an entry."""
