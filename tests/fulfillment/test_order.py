"""One order is one run, however many events of it arrive, at any time."""

import asyncio

import httpx
import pytest

from embedded.ports import NO_TLS
from fakes.postmark import FakePostmark
from fakes.reactions import ACCEPT, refuse
from tests.support.databases import ON_SQLITE
from tests.support.pings import changed, order_of, recorded
from tests.support.running import FORM, SECRET, Mintpost
from tests.support.temporal import event_types, reset
from tests.support.waiting import until

ORDINARY = recorded("01")
ORDER = order_of(ORDINARY)


async def test_fifty_pings_at_once_end_in_one_license_and_one_e_mail(
    mailing: Mintpost, postmark: FakePostmark
) -> None:
    async def send(http: httpx.AsyncClient) -> int:
        answer = await http.post(
            f"{mailing.url}/webhooks/gumroad",
            params={"secret": SECRET},
            content=ORDINARY,
            headers={"Content-Type": FORM},
        )
        return answer.status_code

    connections = [httpx.AsyncClient(trust_env=False, verify=NO_TLS, timeout=30) for _ in range(5)]
    answers = await asyncio.gather(*(send(connections[n % 5]) for n in range(50)))
    await asyncio.gather(*(http.aclose() for http in connections))

    assert answers == [200] * 50
    events = await mailing.settled()
    assert len(events) == 50
    assert sorted(str(event.outcome) for event in events) == ["duplicate"] * 49 + ["fulfilled"]
    assert len(await mailing.licenses()) == len(postmark.accepted) == 1


@ON_SQLITE
async def test_undisturbed_sale_has_nine_history_events(mintpost: Mintpost) -> None:
    await mintpost.ping(ORDINARY)
    await mintpost.settled()
    await mintpost.run_of(ORDER).result()
    assert await event_types(mintpost.run_of(ORDER)) == [
        "WORKFLOW_EXECUTION_STARTED",
        "WORKFLOW_TASK_SCHEDULED",
        "WORKFLOW_TASK_STARTED",
        "WORKFLOW_TASK_COMPLETED",
        "MARKER_RECORDED",
        "MARKER_RECORDED",
        "MARKER_RECORDED",
        "MARKER_RECORDED",
        "WORKFLOW_EXECUTION_COMPLETED",
    ]


async def test_second_ping_joins_the_run_that_is_under_way(
    mailing: Mintpost, postmark: FakePostmark
) -> None:
    postmark.default = refuse(401, 10)
    await mailing.ping(ORDINARY)
    await mailing.parked()
    await mailing.ping(ORDINARY)

    async def both_dispatched() -> bool | None:
        events = await mailing.events()
        return True if all(event.workflow_id for event in events) else None

    await until(both_dispatched, "both events have a workflow")
    postmark.default = ACCEPT
    second, first = await mailing.settled()
    assert (first.outcome, second.outcome) == ("fulfilled", "duplicate")
    assert first.workflow_id == second.workflow_id == f"gumroad:{ORDER}"
    assert len(await mailing.licenses()) == len(postmark.accepted) == 1


@ON_SQLITE
async def test_ping_after_a_failure_starts_the_order_again(mintpost: Mintpost) -> None:
    await mintpost.ping(changed(ORDINARY, email="no address"))
    (failed,) = await mintpost.settled()
    assert (failed.outcome, failed.processed) == ("failed", False)
    await mintpost.ping(ORDINARY)
    second, first = await mintpost.settled()
    assert second.outcome == "fulfilled"
    # Another row settled the order, so the failure is over.
    assert (first.outcome, first.processed, first.error) == ("duplicate", True, None)


@ON_SQLITE
@pytest.mark.parametrize("outcome", ["fulfilled", "failed"])
async def test_reset_of_a_done_sale_mints_and_mails_nothing_more(
    mailing: Mintpost, postmark: FakePostmark, outcome: str
) -> None:
    if outcome == "failed":
        postmark.default = refuse(422, 406)
    await mailing.ping(ORDINARY)
    (event,) = await mailing.settled()
    assert event.outcome == outcome
    postmark.default = ACCEPT
    run = mailing.run_of(ORDER)
    first_run = (await run.describe()).run_id
    await reset(mailing.client, run)
    await mailing.run_of(ORDER).result()

    assert (await mailing.run_of(ORDER).describe()).run_id != first_run
    (event,) = await mailing.events()
    assert (event.outcome, event.error) == ("fulfilled", None)
    assert len(await mailing.licenses()) == len(postmark.accepted) == 1


@ON_SQLITE
async def test_late_copy_with_another_address_says_so(mailing: Mintpost) -> None:
    await mailing.ping(ORDINARY)
    await mailing.settled()
    await mailing.ping(changed(ORDINARY, email="ada.right@example.com"))
    late, _ = await mailing.settled()
    assert late.note == (
        "the order was settled by event 1; this copy carries another address: "
        f"`mintpost resend gumroad:{ORDER} --to`"
    )


async def test_copy_that_joined_and_was_refunded_takes_the_license_back(
    mailing: Mintpost, postmark: FakePostmark
) -> None:
    postmark.default = refuse(401, 10)
    await mailing.ping(ORDINARY)
    await mailing.parked()
    await mailing.ping(changed(ORDINARY, refunded="true"))
    postmark.default = ACCEPT
    copy, _ = await mailing.settled()
    assert (copy.outcome, copy.note) == ("applied", "license 1 revoked (refunded)")


@ON_SQLITE
async def test_refund_of_a_preorder_is_not_remarked_on_as_a_refund_of_the_sale(
    stepped: Mintpost,
) -> None:
    await stepped.ping(ORDINARY)
    await stepped.settled()
    await stepped.ping(changed(ORDINARY, is_preorder_authorization="true", refunded="true"))
    preorder, _ = await stepped.settled()
    assert (preorder.kind, preorder.outcome) == ("preorder", "duplicate")
    assert preorder.note == "the order was settled by event 1"
