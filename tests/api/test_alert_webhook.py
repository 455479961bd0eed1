"""The receiver of alerts may be slow, broken or gone, and its address is a secret."""

import asyncio
from datetime import timedelta

import pytest

from api.alert_webhook import AlertWebhook
from domain.digest import Digest, DigestStatus
from kit.post_json import post_json
from tests.api.alerting import QUICK
from tests.support.alert_receiver import TOKEN, receiving
from tests.support.waiting import until

DIGEST = Digest(DigestStatus.FIRING, "Mintpost needs you", "one")
CLOSING = Digest(DigestStatus.RESOLVED, "Mintpost: all is well again", "over")


def sending(webhook: AlertWebhook, *digests: Digest) -> "asyncio.Task[None]":
    for digest in digests:
        webhook.put(digest)
    return asyncio.create_task(webhook.run())


async def end(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_what_fails_is_sent_again_in_order(caplog: pytest.LogCaptureFixture) -> None:
    async with receiving() as receiver:
        receiver.answers = [500, 429, 404]
        task = sending(AlertWebhook(receiver.url, QUICK), DIGEST, CLOSING)
        bodies = await receiver.got(2)
        await end(task)
    assert [body["subject"] for body in bodies] == [DIGEST.subject, CLOSING.subject]
    told = [each for each in caplog.messages if each.startswith("ALERT_WEBHOOK_URL")]
    assert [each.partition(":")[2][:30] for each in told] == [
        " an alert could not be sent, b",
        " the receiver takes alerts aga",
    ]
    assert TOKEN not in "".join(each for each in caplog.messages if "POST" not in each)


async def test_a_receiver_that_hangs_delays_no_look_and_is_named_in_readyz() -> None:
    async with receiving() as receiver:
        receiver.answers = [0]
        webhook = AlertWebhook(receiver.url, QUICK, patience=timedelta(milliseconds=100))
        task = sending(webhook, DIGEST)

        async def named() -> str | None:
            return next((each.sentence for each in await webhook.findings()), None)

        sentence = await until(named, "the failure is named")
        await receiver.got(1)

        async def gone() -> bool | None:
            return await webhook.findings() == [] or None

        await until(gone, "the warning is over")
        await end(task)
    assert sentence.startswith("ALERT_WEBHOOK_URL: an alert could not be sent")
    assert "gave no answer within 0.1 s" in sentence
    assert TOKEN not in sentence


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_no_redirect_is_followed(status: int) -> None:
    async with receiving() as receiver:
        receiver.answers = [status]
        refused = await post_json(receiver.url, {})
        assert (refused is not None, receiver.calls) == (True, 1)
        assert str(status) in str(refused)


async def test_a_receiver_that_is_gone_is_told_without_its_address() -> None:
    async with receiving() as receiver:
        pass
    refused = await post_json(receiver.url, {}, timedelta(seconds=5))
    assert refused is not None
    assert refused.what == "cannot be reached (ConnectError)"


async def test_only_the_newest_digests_wait_for_a_receiver_that_is_away() -> None:
    webhook = AlertWebhook("http://127.0.0.1:1/", QUICK)
    for number in range(12):
        webhook.put(Digest(DigestStatus.FIRING, str(number), ""))
    assert [each.subject for each in webhook.waiting][::9] == ["2", "11"]
