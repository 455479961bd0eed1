"""Different copies of an order: mint uses the newest address, and notes tell the rest."""

import pytest

from fakes.postmark import FakePostmark
from fakes.reactions import ACCEPT, refuse
from mailers.postmark.service import PostmarkEmailService
from tests.fulfillment.corrected import MAPPED, MONTHLY, RIGHT, UNMAPPED, WRONG, receivers, sale
from tests.support.pings import changed, recorded
from tests.support.running import Mintpost, Setup, running
from tests.support.waiting import until

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def unmapped(order: str, **fields: str) -> bytes:
    return sale(order, product_id=UNMAPPED, **fields)


def carries_another(order: str) -> str:
    return f"this copy carries another address: `mintpost resend gumroad:{order} --to`"


async def park(mintpost: Mintpost, order: str) -> None:
    await mintpost.ping(unmapped(order))
    await mintpost.parked()


async def map_and_settle(mintpost: Mintpost) -> list[tuple[str | None, str | None]]:
    """Return outcome and note of every event, in order of arrival."""
    mintpost.products.write_text(mintpost.products.read_text() + MAPPED)
    return [(event.outcome, event.note) for event in reversed(await mintpost.settled())]


@ON_SQLITE
async def test_parked_sale_is_mailed_to_the_address_that_was_corrected_at_the_storefront(
    mailing: Mintpost, postmark: FakePostmark, order: str
) -> None:
    await park(mailing, order)
    await mailing.ping(unmapped(order, email=RIGHT, full_name="Ada Right"))
    first, second = await map_and_settle(mailing)
    (license_,) = await mailing.licenses()
    assert receivers(postmark) == [license_.email] == [RIGHT]
    assert license_.name == "Ada Right"
    assert first == ("fulfilled", carries_another(order))
    assert second == ("duplicate", "the order was settled by event 1")


@ON_SQLITE
async def test_of_several_copies_the_newest_is_used(
    mailing: Mintpost, postmark: FakePostmark, order: str
) -> None:
    await park(mailing, order)
    for email in ("ada.once@example.com", "ada.twice@example.com", RIGHT):
        await mailing.ping(unmapped(order, email=email))
    await map_and_settle(mailing)
    assert receivers(postmark) == [RIGHT]


@ON_SQLITE
async def test_retry_of_the_first_body_is_no_newer_than_that(
    mailing: Mintpost, postmark: FakePostmark, order: str
) -> None:
    await park(mailing, order)
    await mailing.ping(unmapped(order, email=RIGHT))
    await mailing.ping(unmapped(order, retry_count="3"))
    await map_and_settle(mailing)
    assert receivers(postmark) == [RIGHT]


@ON_SQLITE
@pytest.mark.parametrize(
    "useless",
    [{"email": "no address"}, {"refunded": "maybe"}, {"is_preorder_authorization": "true"}],
)
async def test_copy_that_is_no_readable_sale_changes_no_address(
    mailing: Mintpost, postmark: FakePostmark, order: str, useless: dict[str, str]
) -> None:
    await park(mailing, order)
    await mailing.ping(unmapped(order, email=RIGHT) + b"&" + changed(b"x=y", **useless))
    await map_and_settle(mailing)
    assert receivers(postmark) == [WRONG]


@ON_SQLITE
async def test_parked_charge_is_mailed_to_the_corrected_address(
    setup: Setup, mailer: PostmarkEmailService, postmark: FakePostmark, order: str
) -> None:
    setup.mailer = mailer
    charge = changed(recorded("06"), sale_id=order, subscription_id=order, email=WRONG)
    async with running(setup) as mailing:
        await mailing.ping(charge)
        await mailing.parked()
        await mailing.ping(changed(charge, email=RIGHT))
        mailing.products.write_text(MONTHLY)
        await mailing.settled()
    assert receivers(postmark) == [RIGHT]


@ON_SQLITE
async def test_row_that_carried_the_right_address_says_so_though_it_ends_fulfilled(
    mailing: Mintpost, postmark: FakePostmark, order: str
) -> None:
    postmark.default = refuse(401, 10)
    await mailing.ping(sale(order))
    await mailing.pending(order, "email")
    await mailing.run_of(order).terminate()
    await mailing.settled()
    postmark.default = ACCEPT
    await mailing.ping(sale(order, email=RIGHT))
    ended = [(event.outcome, event.note) for event in await mailing.settled()]
    assert ended == [
        ("fulfilled", carries_another(order)),
        ("duplicate", "the order was settled by event 2"),
    ]
    assert receivers(postmark) == [WRONG]


@ON_SQLITE
async def test_run_that_was_terminated_before_minting_leaves_the_new_address_to_be_used(
    mailing: Mintpost, postmark: FakePostmark, order: str
) -> None:
    await park(mailing, order)
    await mailing.pending(order, "mint")
    await mailing.run_of(order).terminate()
    await mailing.settled()
    await mailing.ping(unmapped(order, email=RIGHT))
    await mailing.parked()
    old, new = await map_and_settle(mailing)
    assert receivers(postmark) == [RIGHT]
    assert new == ("fulfilled", None)
    assert old == ("duplicate", f"the order was settled by event 2; {carries_another(order)}")


async def test_rows_that_fail_say_which_of_them_carries_another_address(
    mailing: Mintpost, postmark: FakePostmark, order: str
) -> None:
    postmark.default = refuse(401, 10)
    await mailing.ping(sale(order))
    await mailing.pending(order, "email")
    await mailing.ping(sale(order, email=RIGHT))

    async def joined() -> bool | None:
        return all(event.workflow_id for event in await mailing.events()) or None

    await until(joined, "the second event has joined the run")
    postmark.default = refuse(422, 406)
    second, first = await mailing.settled()
    assert (first.outcome, first.note) == ("failed", None)
    assert (second.outcome, second.note) == ("failed", carries_another(order))


@ON_SQLITE
@pytest.mark.parametrize(
    ("what", "other"),
    [
        ("version", {"variants[Edition]": "Pro"}),
        ("quantity", {"quantity": "3"}),
        ("product", {"product_id": "another=="}),
    ],
)
@pytest.mark.parametrize("when", ["parked", "done"])
async def test_copy_that_differs_otherwise_says_so_and_changes_nothing(
    mailing: Mintpost, order: str, what: str, other: dict[str, str], when: str
) -> None:
    await park(mailing, order)
    copy = changed(unmapped(order), **other)
    if when == "parked":
        await mailing.ping(copy)
    await map_and_settle(mailing)
    if when == "done":
        await mailing.ping(copy)
    newest = (await mailing.settled())[0]
    remark = f"this copy names another {what}, which changes no license"
    assert newest.outcome == "duplicate"
    assert newest.note == f"the order was settled by event 1; {remark}"
    (license_,) = await mailing.licenses()
    assert (license_.tier, license_.seats, license_.product_id) == ("new", 1, UNMAPPED)


@ON_SQLITE
async def test_copy_that_differs_in_everything_says_all_of_it(
    mailing: Mintpost, order: str
) -> None:
    await mailing.ping(sale(order))
    await mailing.settled()
    other = {"email": RIGHT, "quantity": "2", "variants[Edition]": "Pro"}
    await mailing.ping(changed(sale(order), **other))
    assert (await mailing.settled())[0].note == (
        f"the order was settled by event 1; {carries_another(order)}; "
        "this copy names another version and quantity, which changes no license"
    )
