"""The timeouts of send, lease and step: each must be longer than the one before."""

from datetime import timedelta

import pytest

from activities.email import MailPatience
from workflows import common_steps
from workflows.local_first import FastPath, SlowPath
from workflows.sale_state import SaleState
from workflows.steps import LicenseToEmail
from workflows.story import Story


async def paths(monkeypatch: pytest.MonkeyPatch) -> tuple[FastPath, SlowPath]:
    """Return the timeouts with which the workflows run the step."""
    asked: list[tuple[FastPath, SlowPath]] = []

    async def ask(*_: object, fast: FastPath, slow: SlowPath, **__: object) -> None:
        asked.append((fast, slow))

    monkeypatch.setattr(common_steps, "local_first", ask)
    await common_steps.email_license(LicenseToEmail(1, 1), "a mail", Story(SaleState(1)))
    return asked[0]


def send_and_lease(*, is_local: bool) -> tuple[timedelta, timedelta]:
    patience = MailPatience(lookup=timedelta(0))
    return patience.send(is_local=is_local), patience.lease(is_local=is_local)


async def test_on_the_visible_path_send_lease_and_step_end_in_this_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, slow = await paths(monkeypatch)
    send, lease = send_and_lease(is_local=False)

    assert send == timedelta(seconds=30)
    assert send < lease <= timedelta(seconds=45) < slow.one_try <= timedelta(seconds=60)


async def test_on_the_fast_path_they_end_so_within_a_workflow_task(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fast, _ = await paths(monkeypatch)
    send, lease = send_and_lease(is_local=True)

    assert send == timedelta(seconds=5)
    assert send < lease < fast.one_try <= fast.patience < timedelta(seconds=10)
    assert fast.tries == 1
