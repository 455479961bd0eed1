"""The contract of a shop's own list of products, for `mintpost products list`."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

from domain.questions import Question
from storefronts.document import Member


@dataclass(frozen=True, slots=True)
class ListedId:
    """A price or a variant of a product. `about` tells it to a person: "49.00 USD, yearly"."""

    id: str
    word: str
    about: str


@dataclass(frozen=True, slots=True)
class ListedProduct:
    """A product as the shop has it. products.yaml may use `product_id` or each of the ids.

    `about` tells its price to a person, where the price has no id of its own.
    """

    product_id: str
    name: str
    ids: tuple[ListedId, ...] = ()
    about: str = ""


@dataclass(frozen=True, slots=True)
class ListedPage:
    """A page of the list. `then` None: it is the last."""

    products: tuple[ListedProduct, ...]
    then: Question | None


class ProductList(ABC):
    """Reads a shop's list of products, page by page. Nothing here does I/O."""

    @property
    @abstractmethod
    def first(self) -> Question:
        """Return the question for the first page."""

    @abstractmethod
    def read(self, document: Member, question: Question) -> ListedPage:
        """Read the answer to the question. Raises SaleInvalidError."""
