"""The commands that a person may want next for a sale."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from db.views.lists import DeliveryLine, EventLine, LicenseLine
from operations.next_steps import next_steps
from operations.whole_order import WholeOrder

NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)
SALE = "stripe:cs_1"
EVENT = EventLine(
    id=1,
    source="stripe",
    kind="sale",
    order_id="cs_1",
    received_at=NOON,
    processed=True,
    outcome="fulfilled",
    error=None,
    note=None,
    workflow_id=SALE,
    origin="webhook",
    test=False,
)
PARKED = replace(EVENT, outcome=None, error="unmapped product", processed=False)
FAILED = replace(EVENT, outcome="failed", error="the price is no number", processed=False)
LICENSE = LicenseLine(
    id=1,
    key="KEY",
    source="stripe",
    order_id="cs_1",
    line="",
    product_id="p",
    tier="pro",
    email="ada@example.com",
    name="Ada",
    seats=1,
    status="active",
    reason=None,
    renews=None,
    test=False,
    issued_at=NOON,
    expires_at=None,
    grace_until=None,
)
MAIL = DeliveryLine(
    1, 1, "sale", "ada@example.com", "accepted", "postmark", "m", 1, None, NOON, None, (1,)
)
RESEND, CORRECT = f"mintpost resend {SALE}", f"mintpost resend {SALE} --to ADDRESS"
RETRY, REPLAY = f"mintpost retry {SALE}", f"mintpost replay {SALE}"


@pytest.mark.parametrize(
    ("order", "commands"),
    [
        (WholeOrder([EVENT], [], [LICENSE], [MAIL]), [RESEND, CORRECT]),
        (WholeOrder([PARKED]), [RETRY]),
        (WholeOrder([PARKED], [], [LICENSE], [replace(MAIL, status="pending")]), [RETRY]),
        (WholeOrder([FAILED]), [REPLAY]),
        (WholeOrder([replace(FAILED, kind="refund"), EVENT]), []),
        (WholeOrder([FAILED, EVENT]), []),
        (WholeOrder([FAILED], [], [LICENSE], [replace(MAIL, status="refused")]), [CORRECT]),
        (WholeOrder([EVENT], [], [LICENSE], [replace(MAIL, status="bounced")]), [CORRECT]),
        (WholeOrder([EVENT], [], [LICENSE], [replace(MAIL, status="logged")]), [RESEND]),
        (
            WholeOrder([EVENT], [], [LICENSE], [replace(MAIL, id=2, status="withdrawn"), MAIL]),
            [RESEND, CORRECT],
        ),
        (
            WholeOrder([EVENT], [], [replace(LICENSE, status="revoked")], [MAIL]),
            [f"mintpost restore {SALE} --reason TEXT"],
        ),
        (WholeOrder([replace(EVENT, outcome="ignored:no_license")]), []),
    ],
)
def test_each_state_of_a_sale_has_its_commands(order: WholeOrder, commands: list[str]) -> None:
    assert [step.command for step in next_steps(order, SALE)] == commands


def test_newest_mail_decides() -> None:
    mails = [replace(MAIL, id=2), replace(MAIL, status="refused")]
    steps = next_steps(WholeOrder([EVENT], [], [LICENSE], mails), SALE)
    assert [step.command for step in steps] == [RESEND, CORRECT]
