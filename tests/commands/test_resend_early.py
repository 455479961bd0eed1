"""`mintpost resend` before there is a license, and the output of `show` and the lists."""

import json
from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from commands.lists import DELIVERIES
from commands.resend import print_resent, run_resend
from commands.show import print_order
from db.tables import DeliveryRow
from db.views.lists import Filters, list_deliveries
from db.views.search import find_sales
from operations.resend import resend
from operations.show import ShownOrder
from operations.workflow_state import WorkflowState
from tests.support.asking import MAPPED, park_unmapped, resent, whole_order, wish
from tests.support.pings import changed, recorded
from tests.support.running import Mintpost

RIGHT = "ada.right@example.com"

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def order() -> str:
    """Name an order of the test's own: Temporal may still be ending another test's."""
    return f"{uuid4()}=="


async def test_address_is_kept_and_told_until_there_is_a_license(
    mintpost: Mintpost, order: str, capsys: pytest.CaptureFixture[str]
) -> None:
    reference = f"gumroad:{order}"
    await park_unmapped(mintpost, order)
    found = await run_resend(mintpost.database, reference, RIGHT, "she wrote", 0)
    print_resent(reference, found)
    assert capsys.readouterr().out.startswith(f"kept: once {reference} has its license")
    whole = await whole_order(mintpost, order)
    (kept,) = whole.corrections
    assert (kept.to, kept.asked_why, kept.for_licenses) == (RIGHT, "she wrote", [])
    state = WorkflowState(reference, "running", [])
    print_order(ShownOrder(reference, whole, state), as_json=False)
    assert "kept for the license that the order will have" in capsys.readouterr().out
    (sale,) = await mintpost.database.read(find_sales, "ada.right", "", 10)
    assert sale.order_id == order

    mintpost.products.write_text(mintpost.products.read_text() + MAPPED)
    await mintpost.settled()
    (license_,) = await mintpost.licenses()
    (kept,) = (await whole_order(mintpost, order)).corrections
    assert (license_.email, kept.for_licenses) == (RIGHT, [license_.id])


async def test_correction_of_a_license_is_told_in_json_with_who_when_and_why(
    mintpost: Mintpost, order: str, capsys: pytest.CaptureFixture[str]
) -> None:
    await mintpost.ping(changed(recorded("01"), sale_id=order))
    await mintpost.settled()
    await resent(mintpost.database, wish(order, RIGHT, "she wrote"))
    whole = await whole_order(mintpost, order)
    state = WorkflowState(f"gumroad:{order}", "completed", [])
    print_order(ShownOrder(state.id, whole, state), as_json=True)
    (told,) = json.loads(capsys.readouterr().out)["corrections"]
    assert (told["to"], told["asked_why"], told["for_licenses"]) == (RIGHT, "she wrote", [1])
    assert told["asked_at"].endswith("Z")
    assert told["asked_by"]


def unsend(session: Session) -> None:
    session.execute(update(DeliveryRow).values(status="pending"))


async def test_withdrawn_mail_is_listed_with_the_one_that_goes_instead(
    mintpost: Mintpost, order: str
) -> None:
    await mintpost.ping(changed(recorded("01"), sale_id=order))
    await mintpost.settled()
    await mintpost.database.write(unsend)
    await resend(mintpost.database, wish(order, RIGHT))
    (old,) = await mintpost.database.read(list_deliveries, Filters(status="withdrawn"))
    assert (str(DELIVERIES.rows.remark(old)), old.superseded_by) == ("delivery 2 goes instead", 2)
    taken_back = replace(old, superseded_by=None)
    told = DELIVERIES.rows.remark(taken_back)
    assert str(told) == "its license was taken back before it went out"
