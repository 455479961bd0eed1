"""The buyer of a transaction. The event names a customer, and only the API has the address."""

from urllib.parse import quote

from domain.errors import SaleInvalidError
from domain.facts import Buyer
from domain.questions import Question
from domain.text import plain_text
from storefronts import values
from storefronts.base import StoredRequest
from storefronts.document import Member

ID_AT = ("data", "id")
NO_ADDRESS = "Paddle's customer has no address that can be mailed"


def buyer_of(data: Member, request: StoredRequest) -> tuple[Buyer, str | None]:
    """Return the buyer, and a note of doubts. Raises UnansweredError and SaleInvalidError."""
    customer = _customer(data, request)
    told = "" if customer is None else _address(customer["email"])
    email = request.address or told
    name = "" if customer is None else plain_text(customer["name"].text_or_none() or "")
    buyer = Buyer(email, name or plain_text(email.rpartition("@")[0]))
    return buyer, None if email else NO_ADDRESS


def _customer(data: Member, request: StoredRequest) -> Member | None:
    """Return the customer; None if the transaction has none."""
    customer_id = data["customer_id"].identifier_or_none()
    if customer_id is None:
        return None
    found = request.answer(_of_customer(customer_id))
    if found is not None:
        return found["data"]
    # The transaction shows its customer as well, where the key may not read customers by id.
    whole = request.answer(_of_transaction(data["id"].order_identifier()))
    if whole is None:
        raise SaleInvalidError("it knows neither the transaction nor its customer")
    return whole["data"]["customer"]


def _of_customer(customer_id: str) -> Question:
    path = f"/customers/{quote(customer_id, safe='')}"
    return Question(
        path, "the customer", "the permission customer.read", object_id=customer_id, id_at=ID_AT
    )


def _of_transaction(order_id: str) -> Question:
    return Question(
        f"/transactions/{quote(order_id, safe='')}?include=customer,adjustment",
        "the transaction",
        "the permissions transaction.read, customer.read and adjustment.read",
        object_id=order_id,
        id_at=ID_AT,
    )


def _address(email: Member) -> str:
    """Return the address, or nothing: a license without an address still belongs to its buyer.

    Raises SaleInvalidError for an answer without the field, because the API answers again.
    """
    if email.is_null():
        return ""
    text = email.text()
    try:
        return values.address(email.path, text)
    except SaleInvalidError:
        return ""
