"""A person wakes sales, sends mails again, and finds sales."""

from datetime import timedelta

import pytest

from activities.failures import RetryPace
from db.views.search import find_sales
from licensing.keys import normalize
from operations.deliveries import what_came
from operations.resend import AddressRefusedError, NothingToSendError, resend
from operations.retry import parked_workflows, retry
from tests.support.asking import resent, wish
from tests.support.databases import ON_SQLITE
from tests.support.pings import changed, order_of, recorded
from tests.support.running import Mintpost, Setup, running

ORDINARY = recorded("01")
ORDER = order_of(ORDINARY)
UNMAPPED = changed(ORDINARY, product_id="new-product==")
NEVER = RetryPace(operator=timedelta(days=1))
SOON = timedelta(seconds=10)


@ON_SQLITE
async def test_retry_wakes_a_parked_sale_whose_cause_is_gone(setup: Setup) -> None:
    setup.pace = NEVER
    async with running(setup) as mintpost:
        await mintpost.ping(UNMAPPED)
        await mintpost.parked()
        await mintpost.pending(ORDER, "mint")
        mapping = mintpost.products.read_text()
        mintpost.products.write_text(f'{mapping}  - product_id: "new-product=="\n    tier: new\n')
        ids = await parked_workflows(setup.database, "unmapped product")
        (woken,) = await retry(setup.client, setup.database, ids, SOON)
        assert (woken.workflow_id, woken.steps) == (f"gumroad:{ORDER}", ("mint",))
        assert woken.sentence == "fulfilled"


@ON_SQLITE
async def test_retry_tells_what_a_sale_waits_for_still(setup: Setup) -> None:
    setup.pace = NEVER
    async with running(setup) as mintpost:
        await mintpost.ping(UNMAPPED)
        await mintpost.parked()
        await mintpost.pending(ORDER, "mint")
        ids = [f"gumroad:{ORDER}", "gumroad:nobody"]
        waiting, unknown = await retry(setup.client, setup.database, ids, timedelta(0))
        assert waiting.sentence.startswith(
            'mint woken, and waits again: unmapped product "new-product=="'
        )
        assert unknown.sentence.startswith("Temporal does not know it; all that")
        assert "`mintpost show gumroad:nobody`" in unknown.sentence
        assert not unknown.known
        await mintpost.run_of(ORDER).terminate()


@ON_SQLITE
async def test_retry_leaves_a_sale_alone_that_does_not_wait(mintpost: Mintpost) -> None:
    await mintpost.ping(ORDINARY)
    await mintpost.settled()
    await mintpost.run_of(ORDER).result()
    assert await parked_workflows(mintpost.database, None) == []
    (done,) = await retry(mintpost.client, mintpost.database, [f"gumroad:{ORDER}"], SOON)
    assert done.sentence == "does not wait: it is completed"


async def test_resend_tells_what_became_of_the_mail(mintpost: Mintpost) -> None:
    await mintpost.ping(ORDINARY)
    await mintpost.settled()
    (delivery,) = await resent(mintpost.database, wish(ORDER, why="lost"))
    assert (delivery.reason, delivery.status) == ("resend:1", "logged")


async def test_resend_of_an_order_without_a_license_says_so(mintpost: Mintpost) -> None:
    with pytest.raises(NothingToSendError, match="gumroad:x has no license to send") as refused:
        await resend(mintpost.database, wish("x"))
    assert (refused.value.order, refused.value.waiting) == ("gumroad:x", None)
    assert await what_came(mintpost.database, [], timedelta(0)) == []


async def test_resend_to_an_address_that_takes_no_mail_is_refused_at_once(
    mintpost: Mintpost,
) -> None:
    with pytest.raises(AddressRefusedError, match=r"no mail .* --to ADDRESS`$") as refused:
        await resend(mintpost.database, wish(ORDER, "ada@example.com\r\nBcc: x"))
    assert f"`mintpost resend gumroad:{ORDER} --to ADDRESS`" in str(refused.value)


@ON_SQLITE
async def test_find_knows_a_sale_by_what_a_complaint_contains(mintpost: Mintpost) -> None:
    await mintpost.ping(ORDINARY)
    await mintpost.settled()
    (license_,) = await mintpost.licenses()
    part = license_.key.replace("-", " ")[5:20].lower()
    await resent(mintpost.database, wish(ORDER, "ada.right@example.org"))
    complaints = ["ada.buyer@example.com", "ADA.RIGHT", "da buy", "252197085", part, ORDER]
    for text in complaints:
        key = normalize(text).replace("-", "")
        found = await mintpost.database.read(find_sales, text, key, 10)
        assert [sale.order_id for sale in found] == [ORDER], text
    for text in ["nobody@example.com", "%", "A", "25219708"]:
        key = normalize(text).replace("-", "")
        found = await mintpost.database.read(find_sales, text, key, 10)
        assert [sale.order_id for sale in found] == ([ORDER] if text == "A" else []), text
