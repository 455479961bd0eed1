"""The keys of an entry in products.yaml, and the type of each value."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from catalog import online_keys
from catalog.online_keys import OnlineKeys
from catalog.texts import OUR_RULE, Activate, Text, Tier, printable
from domain.catalog import Offer
from domain.decisions import DEFAULT_GRACE_DAYS
from domain.folding import fold_option
from domain.license import MONTHS_A_YEAR, Term
from domain.sale import Variants

LEAST = {"grace_days": 0, **online_keys.LEAST}
MOST = {
    "years": 100,
    "months": 100 * MONTHS_A_YEAR,
    "seats": 1_000_000,
    "trial_days": 730,
    "grace_days": 365,
    **online_keys.MOST,
}


class _Named(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    product_id: Annotated[Text, AfterValidator(printable)]
    name: Text | None = None
    variant: Annotated[dict[str, Text], Field(min_length=1)] | None = None

    @field_validator("variant")
    @classmethod
    def _each_category_once(cls, variant: dict[str, str] | None) -> dict[str, str] | None:
        if len({fold_option(category) for category in variant or ()}) != len(variant or ()):
            raise PydanticCustomError(OUR_RULE, "names one category twice: write it once")
        return variant

    def chosen(self) -> Variants:
        return tuple((self.variant or {}).items())


class Entry(_Named, OnlineKeys):
    tier: Annotated[Tier, AfterValidator(printable)]
    years: Annotated[int, Field(ge=1, le=MOST["years"])] | None = None
    months: Annotated[int, Field(ge=1, le=MOST["months"])] | None = None
    seats: Annotated[int, Field(ge=1, le=MOST["seats"])] = 1
    activate: Activate | None = None
    instalments: bool = False
    trial_days: Annotated[int, Field(ge=1, le=MOST["trial_days"])] | None = None
    after_end: Literal["stop", "keep"] = "stop"
    grace_days: Annotated[int, Field(ge=LEAST["grace_days"], le=MOST["grace_days"])] = (
        DEFAULT_GRACE_DAYS
    )
    key: Literal["mint", "storefront"] = "mint"

    @field_validator("months")
    @classmethod
    def _not_beside_years(cls, months: int | None, info: ValidationInfo) -> int | None:
        if months is not None and info.data.get("years") is not None:
            raise PydanticCustomError(OUR_RULE, "stands beside years: write only one of them")
        return months

    @field_validator("instalments")
    @classmethod
    def _of_a_term(cls, instalments: bool, info: ValidationInfo) -> bool:  # noqa: FBT001 - pydantic's
        # A term with a mistake of its own is not among these data: one sentence is enough.
        forever = all(info.data.get(key, key) is None for key in ("years", "months"))
        if instalments and forever:
            raise PydanticCustomError(
                OUR_RULE, "needs a term, which all of them together buy: add years or months"
            )
        return instalments

    @field_validator("trial_days")
    @classmethod
    def _not_beside_instalments(cls, days: int | None, info: ValidationInfo) -> int | None:
        if days is not None and info.data.get("instalments"):
            raise PydanticCustomError(OUR_RULE, "stands beside instalments: write only one of them")
        return days

    def offer(self) -> Offer:
        years = None if self.years is None else self.years * MONTHS_A_YEAR
        return Offer(
            product_id=self.product_id,
            tier=self.tier,
            term=Term(self.months if years is None else years),
            name=self.name,
            seats=self.seats,
            activate=self.activate,
            variant=self.chosen(),
            instalments=self.instalments,
            trial_days=self.trial_days,
            keep_after_end=self.after_end == "keep",
            grace_days=self.grace_days,
            shop_key=self.key == "storefront",
            online=self.online_terms(),
        )


class NoLicense(_Named):
    """An entry with `license: none`, the only value of that key."""

    license: Literal["none"]

    def offer(self) -> Offer:
        return Offer(
            product_id=self.product_id,
            tier="",
            term=Term(None),
            name=self.name,
            variant=self.chosen(),
            licensed=False,
        )


_OFFLINE = [key for key in Entry.model_fields if key not in OnlineKeys.model_fields]
KEYS = tuple(dict.fromkeys((*_OFFLINE, *NoLicense.model_fields, *OnlineKeys.model_fields)))
