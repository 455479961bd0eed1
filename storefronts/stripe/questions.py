"""The questions to Stripe's API, and its lists."""

from collections.abc import Iterator
from urllib.parse import quote

from domain.errors import SaleInvalidError
from domain.questions import Question
from storefronts.base import StoredRequest
from storefronts.document import Member, require_same

SESSIONS = "read rights for Checkout Sessions"
SUBSCRIPTIONS = "read rights for Subscriptions"
INVOICES = "read rights for Invoices"
CHARGES = "read rights for Charges and Refunds"
DISPUTES = "read rights for Disputes"
LONGEST_PAGE = 100
ENDLESS = "the pages of its list must end, and each must be known and have entries"


def session(session_id: str) -> Question:
    path = f"/v1/checkout/sessions/{_quoted(session_id)}?expand[]=line_items"
    return Question(path, "line items", SESSIONS, object_id=session_id)


def line_items(session_id: str) -> Question:
    path = f"/v1/checkout/sessions/{_quoted(session_id)}/line_items?limit={LONGEST_PAGE}"
    return Question(path, "line items", SESSIONS)


def session_of_intent(intent: str) -> Question:
    path = f"/v1/checkout/sessions?payment_intent={_quoted(intent)}"
    return Question(path, "the order of a payment", SESSIONS)


def session_of_subscription(subscription_id: str) -> Question:
    path = f"/v1/checkout/sessions?subscription={_quoted(subscription_id)}"
    return Question(path, "the order of a subscription", SESSIONS)


def subscription(subscription_id: str) -> Question:
    path = f"/v1/subscriptions/{_quoted(subscription_id)}"
    return Question(path, "a subscription", SUBSCRIPTIONS, object_id=subscription_id)


def subscription_items(subscription_id: str) -> Question:
    subscribed = _quoted(subscription_id)
    path = f"/v1/subscription_items?subscription={subscribed}&limit={LONGEST_PAGE}"
    return Question(path, "the items of a subscription", SUBSCRIPTIONS)


def invoice(invoice_id: str) -> Question:
    path = f"/v1/invoices/{_quoted(invoice_id)}"
    return Question(path, "an invoice", INVOICES, object_id=invoice_id)


def invoice_lines(invoice_id: str) -> Question:
    path = f"/v1/invoices/{_quoted(invoice_id)}/lines?limit={LONGEST_PAGE}"
    return Question(path, "the lines of an invoice", INVOICES)


def invoice_of_intent(intent: str) -> Question:
    asked = f"payment[type]=payment_intent&payment[payment_intent]={_quoted(intent)}"
    return Question(f"/v1/invoice_payments?{asked}", "the invoice of a payment", INVOICES)


def charge(charge_id: str) -> Question:
    path = f"/v1/charges/{_quoted(charge_id)}"
    return Question(path, "a charge", CHARGES, object_id=charge_id)


def refund(refund_id: str) -> Question:
    path = f"/v1/refunds/{_quoted(refund_id)}"
    return Question(path, "a refund", CHARGES, object_id=refund_id)


def refunds_of_charge(charge_id: str) -> Question:
    path = f"/v1/refunds?charge={_quoted(charge_id)}&limit={LONGEST_PAGE}"
    return Question(path, "the refunds of a charge", CHARGES)


def dispute(dispute_id: str) -> Question:
    path = f"/v1/disputes/{_quoted(dispute_id)}"
    return Question(path, "a dispute", DISPUTES, object_id=dispute_id)


def whole_list(request: StoredRequest, embedded: Member, pages: Question) -> list[Member]:
    """Return all entries of a list. An object holds the first ten, and `pages` asks for all."""
    if not embedded["has_more"].flag():
        return [*embedded["data"].items()]
    return [*all_pages(request, pages)]


def all_pages(request: StoredRequest, pages: Question) -> Iterator[Member]:
    """Yield the entries of all pages; none where Stripe does not know the list's owner.

    Raises SaleInvalidError for a list that cannot end.
    """
    question, seen = pages, set[str]()
    page = request.answer(question)
    while page is not None:
        entries = page["data"].items()
        yield from entries
        if not page["has_more"].flag():
            return
        last = entries[-1]["id"].identifier() if entries else ""
        if not last or last in seen:
            raise SaleInvalidError(ENDLESS)
        seen.add(last)
        path = f"{pages.path}&starting_after={_quoted(last)}"
        question = Question(path, pages.about, pages.right)
        page = request.answer(question)
        if page is None:
            raise SaleInvalidError(ENDLESS)


def session_paid_by(request: StoredRequest, intent: str) -> Member | None:
    found = _first_in(request, session_of_intent(intent))
    return _of(found, found["payment_intent"], intent) if found else None


def session_that_began(request: StoredRequest, subscription_id: str) -> Member | None:
    found = _first_in(request, session_of_subscription(subscription_id))
    return _of(found, found["subscription"], subscription_id) if found else None


def invoice_paid_by(request: StoredRequest, intent: str) -> Member | None:
    found = _first_in(request, invoice_of_intent(intent))
    return _of(found, found["payment"]["payment_intent"], intent) if found else None


def _first_in(request: StoredRequest, question: Question) -> Member | None:
    """Return the first entry of a list; None if there is none.

    Raises SaleInvalidError for an empty page that more shall follow, because a payment without an
    order would be filed under its own id.
    """
    page = request.answer(question)
    if page is None:
        return None
    entries = page["data"].items()
    if not entries and page["has_more"].flag():
        raise SaleInvalidError(ENDLESS)
    return next(iter(entries), None)


def _of(found: Member, told: Member, asked: str) -> Member:
    """Return the entry, unless it is of another payment: an answer may ignore the filter."""
    require_same(told, asked)
    return found


def _quoted(text: str) -> str:
    return quote(text, safe="")
