"""A sale that cannot go on waits with its sentence, and goes on by itself."""

from fakes.postmark import FakePostmark
from fakes.reactions import ACCEPT, ACCEPT_AND_DROP, refuse
from tests.support.databases import ON_SQLITE
from tests.support.pings import changed, order_of, recorded
from tests.support.running import Mintpost
from tests.support.temporal import event_types

ORDINARY = recorded("01")
ORDER = order_of(ORDINARY)


async def test_unmapped_product_parks_the_sale_until_it_is_mapped(mintpost: Mintpost) -> None:
    await mintpost.ping(changed(ORDINARY, product_id="new-product==", permalink="x"))
    event = await mintpost.parked()
    assert event.error is not None
    assert event.error.startswith('unmapped product "new-product=="')
    assert event.error.endswith("add it under gumroad in products.yaml")

    mapping = mintpost.products.read_text()
    mintpost.products.write_text(f'{mapping}  - product_id: "new-product=="\n    tier: new\n')
    (event,) = await mintpost.settled()
    assert (event.outcome, event.error) == ("fulfilled", None)
    (license_,) = await mintpost.licenses()
    assert (license_.tier, license_.expires_at) == ("new", None)


@ON_SQLITE
async def test_parked_step_stands_in_temporal_with_its_sentence(mintpost: Mintpost) -> None:
    await mintpost.ping(changed(ORDINARY, product_id="new-product=="))
    await mintpost.parked()
    sentence = await mintpost.pending(ORDER, "mint")
    assert sentence.startswith('unmapped product "new-product=="')
    await mintpost.run_of(ORDER).terminate()


@ON_SQLITE
async def test_refused_token_parks_the_e_mail_and_the_licence_stays(
    mailing: Mintpost, postmark: FakePostmark
) -> None:
    postmark.default = refuse(401, 10)
    await mailing.ping(ORDINARY)
    event = await mailing.parked()
    assert event.error is not None
    assert "token" in event.error
    assert len(await mailing.licenses()) == 1
    postmark.default = ACCEPT
    await mailing.settled()
    (delivery,) = await mailing.deliveries()
    assert (delivery.status, delivery.message_id) == (
        "accepted",
        postmark.accepted[0].message_id,
    )
    assert delivery.attempts > 1


@ON_SQLITE
async def test_provider_that_is_down_is_tried_again(
    mailing: Mintpost, postmark: FakePostmark
) -> None:
    postmark.reactions.extend([refuse(503, 100), refuse(503, 100)])
    await mailing.ping(ORDINARY)
    (event,) = await mailing.settled()
    assert event.outcome == "fulfilled"
    assert len(postmark.accepted) == 1


@ON_SQLITE
async def test_refused_recipient_fails_the_sale_and_the_licence_stays(
    mailing: Mintpost, postmark: FakePostmark
) -> None:
    words = "Found inactive addresses: ada.buyer@example.com."
    postmark.default = refuse(422, 406, words)
    await mailing.ping(ORDINARY)
    (event,) = await mailing.settled()
    assert (event.outcome, event.processed) == ("failed", False)
    assert event.error is not None
    assert "delivery 1" in event.error
    assert "ada.buyer" not in event.error
    (delivery,) = await mailing.deliveries()
    # The provider's own words may hold the address, so they stand here only.
    assert delivery.status == "refused"
    assert delivery.error is not None
    assert words in delivery.error
    assert len(await mailing.licenses()) == 1
    assert "ACTIVITY_TASK_SCHEDULED" not in await event_types(mailing.run_of(ORDER))


@ON_SQLITE
async def test_accepted_mail_whose_answer_is_lost_is_found_and_not_sent_again(
    mailing: Mintpost, postmark: FakePostmark
) -> None:
    postmark.reactions.append(ACCEPT_AND_DROP)
    await mailing.ping(ORDINARY)
    (event,) = await mailing.settled()
    assert event.outcome == "fulfilled"
    (delivery,) = await mailing.deliveries()
    assert delivery.message_id == postmark.accepted[0].message_id
    assert (delivery.status, delivery.attempts, len(postmark.accepted)) == ("accepted", 1, 1)
