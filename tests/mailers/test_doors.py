"""The promises of every mailer's door. A new door is one line in SAMPLES."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest

from embedded.child_environment import API, WORKER
from kit.doors.base import Envelope
from mailers.doors import MailDoor, UnreadableReportError
from mailers.outbox.service import LoggingEmailService
from mailers.postmark.door import PostmarkDoor
from mailers.postmark.service import PostmarkEmailService
from mailers.registry import open_doors
from settings.loading import load
from storefronts.registry import SOURCES
from tests.storefronts.test_contract import HOSTILE_BODIES, HOSTILE_ENVELOPES

NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)
SERVICES = (PostmarkEmailService, LoggingEmailService)
SAMPLES: tuple[MailDoor, ...] = (PostmarkDoor(["a secret of sixteen"]),)

every_door = pytest.mark.parametrize("door", SAMPLES, ids=lambda door: door.name)


def test_each_mailer_that_reports_has_a_door_of_its_name(clean: pytest.MonkeyPatch) -> None:
    del clean
    reporting = {service.provider for service in SERVICES if service.reports}
    assert reporting == set(open_doors(load)) == {door.name for door in SAMPLES}
    assert reporting.isdisjoint(SOURCES)


def test_a_door_without_a_secret_knows_nobody_and_names_its_setting(
    clean: pytest.MonkeyPatch,
) -> None:
    del clean
    for door in open_doors(load).values():
        assert [door.screen(each, NOON) for each in HOSTILE_ENVELOPES] == [None] * 4
        assert door.screen(Envelope((), "secret="), NOON) is None
        assert door.missing() in API - WORKER


@every_door
def test_no_body_makes_a_door_raise_but_an_unreadable_one(door: MailDoor) -> None:
    for name, body in HOSTILE_BODIES.items():
        with suppress(UnreadableReportError):
            assert door.read(body) is None, name


@every_door
def test_a_refused_call_has_a_cause_and_a_next_step(door: MailDoor) -> None:
    assert all(door.why_refused(each, NOON) for each in HOSTILE_ENVELOPES)
    assert door.trial
    assert door.afterwards
