"""`mintpost resend` before there is a license, and what `show` and the lists tell of it."""

import json
from uuid import uuid4

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from commands.lists import DELIVERIES
from commands.resend import print_resent, resend, run_resend
from commands.show import WholeOrder, load_order, print_order
from commands.show_workflow import WorkflowState
from db.tables import DeliveryRow
from db.views.lists import Filters, list_deliveries
from db.views.search import find_sales
from kit.refusals import RefusedError
from tests.support.pings import changed, recorded
from tests.support.running import Mintpost

RIGHT = "ada.right@example.com"
UNMAPPED = "new-product=="
MAPPED = '  - product_id: "new-product=="\n    tier: new\n'

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def order() -> str:
    """Name an order of the test's own: Temporal may still be ending another test's."""
    return f"{uuid4()}=="


async def park(mintpost: Mintpost, order: str) -> None:
    await mintpost.ping(changed(recorded("01"), sale_id=order, product_id=UNMAPPED))
    await mintpost.parked()


async def shown(mintpost: Mintpost, order: str) -> WholeOrder:
    return await mintpost.database.read(load_order, "gumroad", order)


async def test_address_is_kept_and_told_until_there_is_a_license(
    mintpost: Mintpost, order: str, capsys: pytest.CaptureFixture[str]
) -> None:
    reference = f"gumroad:{order}"
    await park(mintpost, order)
    found = await run_resend(mintpost.database, reference, RIGHT, "she wrote", 0)
    print_resent(reference, found)
    assert capsys.readouterr().out.startswith(f"kept: once {reference} has its license")
    whole = await shown(mintpost, order)
    (kept,) = whole.corrections
    assert (kept.to, kept.asked_why, kept.for_licenses) == (RIGHT, "she wrote", [])
    print_order(reference, whole, WorkflowState(f"gumroad:{order}", "running", []), as_json=False)
    assert "kept for the license that the order will have" in capsys.readouterr().out
    (sale,) = await mintpost.database.read(find_sales, "ada.right", "", 10)
    assert sale.order_id == order

    mintpost.products.write_text(mintpost.products.read_text() + MAPPED)
    await mintpost.settled()
    (license_,) = await mintpost.licenses()
    (kept,) = (await shown(mintpost, order)).corrections
    assert (license_.email, kept.for_licenses) == (RIGHT, [license_.id])


async def test_address_is_kept_as_it_is_seen_however_it_was_pasted(
    mintpost: Mintpost, order: str
) -> None:
    await park(mintpost, order)
    await run_resend(mintpost.database, f"gumroad:{order}", f"\u200b {RIGHT}\u00a0", None, 0)
    (kept,) = (await shown(mintpost, order)).corrections
    assert kept.to == RIGHT


async def test_correction_of_a_license_is_told_in_json_with_who_when_and_why(
    mintpost: Mintpost, order: str, capsys: pytest.CaptureFixture[str]
) -> None:
    await mintpost.ping(changed(recorded("01"), sale_id=order))
    await mintpost.settled()
    await run_resend(mintpost.database, f"gumroad:{order}", RIGHT, "she wrote", 10)
    whole = await shown(mintpost, order)
    print_order(
        f"gumroad:{order}", whole, WorkflowState(f"gumroad:{order}", "completed", []), as_json=True
    )
    (told,) = json.loads(capsys.readouterr().out)["corrections"]
    assert (told["to"], told["asked_why"], told["for_licenses"]) == (RIGHT, "she wrote", [1])
    assert told["asked_at"].endswith("Z")
    assert told["asked_by"]


async def test_without_an_address_the_command_tells_what_the_sale_waits_for(
    mintpost: Mintpost, order: str
) -> None:
    await park(mintpost, order)
    waits = f'gumroad:{order} has no license to send yet: it waits, .*unmapped product "new-product'
    with pytest.raises(RefusedError, match=waits) as refused:
        await resend(mintpost.database, "gumroad", order, None, None)
    assert str(refused.value).endswith(f"`mintpost resend gumroad:{order} --to`")


@pytest.mark.parametrize(
    ("fields", "how"),
    [
        ({"quantity": "many"}, "it failed: this event is no sale"),
        ({"refunded": "true"}, "it ended as ignored:refunded"),
        ({"is_preorder_authorization": "true"}, "it ended as ignored:preorder"),
    ],
)
async def test_sale_that_ended_without_a_license_is_told_and_its_address_kept(
    mintpost: Mintpost, order: str, fields: dict[str, str], how: str
) -> None:
    await mintpost.ping(changed(recorded("01"), sale_id=order, **fields))
    await mintpost.settled()
    with pytest.raises(RefusedError, match=how):
        await resend(mintpost.database, "gumroad", order, None, None)
    assert await resend(mintpost.database, "gumroad", order, RIGHT, None) == []
    assert len((await shown(mintpost, order)).corrections) == 1


async def test_order_that_no_ping_names_keeps_nothing(mintpost: Mintpost) -> None:
    for to in (None, RIGHT):
        with pytest.raises(RefusedError, match="gumroad:x has no license to send: no event names"):
            await resend(mintpost.database, "gumroad", "x", to, None)
    assert (await shown(mintpost, "x")).corrections == []


def unsend(session: Session) -> None:
    session.execute(update(DeliveryRow).values(status="pending"))


async def test_withdrawn_mail_is_listed_with_the_one_that_goes_instead(
    mintpost: Mintpost, order: str
) -> None:
    await mintpost.ping(changed(recorded("01"), sale_id=order))
    await mintpost.settled()
    await mintpost.database.write(unsend)
    await resend(mintpost.database, "gumroad", order, RIGHT, None)
    (old,) = await mintpost.database.read(list_deliveries, Filters(status="withdrawn"))
    told = "a person corrected the address: delivery 2 goes instead"
    assert (DELIVERIES.remark(old), old.superseded_by) == (told, 2)
