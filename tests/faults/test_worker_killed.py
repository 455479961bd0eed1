"""A worker dies after the provider took a mail, before the worker knows: one mail in the end."""

from datetime import timedelta

import pytest

from db.dispatching import WaitingEvent
from db.requests import store_request
from db.views.lists import Filters, list_deliveries
from fakes.postmark import FakePostmark
from fakes.reactions import ACCEPT_AND_HANG
from relay.starter import Starter
from tests.support.pings import changed, new_event, recorded
from tests.support.processes import WORKER, Running, start
from tests.support.running import Setup
from tests.support.waiting import until
from workflows.names import TASK_QUEUE

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def start_sale(setup: Setup, order: str) -> None:
    body = changed(recorded("01"), sale_id=order)
    event_id = await setup.database.write(store_request, new_event(body, order))
    # After this timeout (10 s by default), Temporal gives a dead worker's task to another worker.
    starter = Starter(setup.client, TASK_QUEUE, task_timeout=timedelta(seconds=1))
    event = WaitingEvent(event_id, "gumroad", "sale", order, None)
    await starter.start(event, f"gumroad:{order}")


async def killed_when_the_mail_is_taken(worker: Running, postmark: FakePostmark) -> None:
    async def taken() -> bool | None:
        return bool(postmark.accepted) or None

    await until(taken, "the provider has the mail")
    worker.process.kill()
    await worker.process.wait()


@ON_SQLITE
async def test_mail_that_was_taken_is_found_again_and_not_sent_twice(
    setup: Setup, environment: dict[str, str], postmark: FakePostmark
) -> None:
    """The mail is in a stream of its own, and the provider's list shows it late."""
    order = "killed-worker=="
    environment["POSTMARK_MESSAGE_STREAM"] = "licenses"
    postmark.reactions.append(ACCEPT_AND_HANG)
    postmark.unlisted = 2
    async with start(*WORKER, folder=setup.folder, environment=environment) as worker:
        await worker.says("working on task queue")
        await start_sale(setup, order)
        await killed_when_the_mail_is_taken(worker, postmark)
    (delivery,) = await setup.database.read(list_deliveries, Filters())
    assert (delivery.status, delivery.message_id) == ("pending", None)
    async with start(*WORKER, folder=setup.folder, environment=environment):
        await setup.client.get_workflow_handle(f"gumroad:{order}").result()
    (delivery,) = await setup.database.read(list_deliveries, Filters())
    (mail,) = postmark.accepted
    assert (delivery.status, delivery.message_id) == ("accepted", mail.message_id)
