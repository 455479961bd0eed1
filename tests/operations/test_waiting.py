"""The advice beside a row, and the sentence of what an order waits for."""

from db.views.lists import DeliveryLine
from operations.waiting import advice
from operations.whole_order import WholeOrder

NOBODY = "it was only written into the outbox: nobody got it"
TO_DO = f"{NOBODY}; set POSTMARK_TOKEN, then `mintpost resend --status logged`"


def mail(number: int, status: str) -> DeliveryLine:
    return DeliveryLine(number, 1, "sale", "x", status, None, None, 1, None, None)


def test_nothing_is_to_be_done_where_a_later_mail_was_taken() -> None:
    logged, accepted = mail(1, "logged"), mail(2, "accepted")
    order = WholeOrder(deliveries=[accepted, logged])
    assert advice(order, logged) == NOBODY
    assert advice(order, accepted) is None
    assert advice(WholeOrder(deliveries=[logged]), logged) == TO_DO
