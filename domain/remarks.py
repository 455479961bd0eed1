"""Remarks on a copy of a settled order: the unused parts of the copy."""

from collections.abc import Callable, Collection, Iterator, Sequence

from domain.addresses import same_address
from domain.advice import advised
from domain.errors import SaleInvalidError
from domain.facts import Fact, Payment, payment_in
from domain.identifiers import order_reference
from domain.sale import CORRECTED, Sale, SoldOrder, Variants


def remark_on(source: str, facts: Collection[Fact], sold: SoldOrder | None) -> str | None:
    """Compare a copy's facts with the sold order; None if the copy tells nothing new.

    A shop may build a new body for a repeated event, with a corrected address, or a changed version
    or quantity. A copy that tells a refund has a run of its own.
    """
    payment = payment_in(facts)
    if payment is None or sold is None:
        return None
    return "; ".join(_differences(source, payment, sold)) or None


def _differences(source: str, payment: Payment, sold: SoldOrder) -> Iterator[str]:
    try:
        sales = payment.sales(source)
    except SaleInvalidError:
        return  # The copy lacks lines or the buyer, because only the shop's API has them.
    if (address := _address(sales[0], sold)) is not None:
        yield address
    others: dict[str, Callable[[Sale], object]] = {
        "product": lambda sale: sale.product.product_id,
        "version": _version,
        "quantity": lambda sale: sale.quantity,
    }
    differing = [name for name, of in others.items() if _of(sales, of) != _of(sold.sales, of)]
    if differing:
        yield f"this copy names another {' and '.join(differing)}, which changes no license"


def _of(sales: Sequence[Sale], part: Callable[[Sale], object]) -> dict[str, object]:
    return {sale.line: part(sale) for sale in sales}


def _version(sale: Sale) -> Variants:
    return tuple(sorted(sale.product.variants))


def _address(read: Sale, sold: SoldOrder) -> str | None:
    if not read.email or (sold.holder is not None and same_address(read.email, sold.holder)):
        return None
    if not same_address(read.email, sold.sales[0].email):
        resend = advised("resend", order_reference(read.source, read.order_id), options=["--to"])
        return f"this copy carries another address: {resend}"
    # A later charge of the subscription may also have moved the license; no remark is needed.
    return CORRECTED if sold.corrected else None
