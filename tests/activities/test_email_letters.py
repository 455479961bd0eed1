"""The e-mail step sends one mail for the lines of an order, whatever breaks around it."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session
from temporalio.testing import ActivityEnvironment

from activities.email import EmailLicense, MailPatience
from db.corrections import withhold_deliveries
from db.engine import Database
from db.resends import NewResend, ask_resends
from db.tables import DeliveryRow
from db.views.lists import Filters, list_deliveries
from domain.errors import (
    DeliveryInDoubtError,
    MailerAwayError,
    MailerRefusesError,
    RecipientRefusedError,
)
from fakes.postmark import FakePostmark
from fakes.reactions import ACCEPT_AND_DROP, Reaction, Request, refuse
from letters.composing import Letters
from mailers.postmark.service import PostmarkAccount, PostmarkEmailService
from tests.activities.attempts import methods
from tests.db.rows import BUYER, NOON, mint, sale_of
from workflows.steps import LicenseToEmail

PATIENT = MailPatience(lookup=timedelta(hours=1))
HASTY = MailPatience(lookup=timedelta(0))
RIGHT = "ada.right@example.com"

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Step:
    """The e-mail step of an order of two lines. Both deliveries are 1 and 2, as licenses are."""

    def __init__(self, database: Database, letters: Letters, mailer: PostmarkEmailService) -> None:
        self.database, self.letters, self.mailer = database, letters, mailer

    async def run(self, patience: MailPatience = PATIENT, first: int = 1, *further: int) -> str:
        environment = ActivityEnvironment()
        environment.info = replace(environment.info, is_local=False)
        step = EmailLicense(self.database, self.mailer, self.letters, patience)
        emailed = await environment.run(step.email, LicenseToEmail(1, first, further))
        return emailed.status

    async def told(self) -> list[tuple[tuple[int, ...], str]]:
        found = await self.database.read(list_deliveries, Filters())
        return [(each.license_ids, each.status) for each in found]

    async def takes_back(self, license_id: int) -> None:
        await self.database.write(withhold_deliveries, license_id)

    async def moves(self, delivery_id: int) -> None:
        moved = update(DeliveryRow).filter_by(id=delivery_id).values(to=RIGHT)
        await self.database.write(Session.execute, moved)


@pytest.fixture
async def step(database: Database, letters: Letters, postmark: FakePostmark) -> AsyncIterator[Step]:
    for line in ("1", "2"):
        database.write_here(mint, replace(sale_of(), line=line), f"KEY-{line}")
    account = PostmarkAccount(postmark.token, "shop@example.org", api_url=postmark.url)
    async with aclosing(PostmarkEmailService(account)) as mailer:
        yield Step(database, letters, mailer)


async def test_either_delivery_sends_the_one_mail(step: Step, postmark: FakePostmark) -> None:
    assert await step.run(PATIENT, 2) == "accepted"
    assert await step.run(PATIENT, 1, 2) == "accepted"

    (mail,) = postmark.accepted
    assert mail.delivery == "1"
    assert "KEY-1" in mail.message["TextBody"]
    assert "KEY-2" in mail.message["TextBody"]
    names = [each["Name"] for each in mail.message["Attachments"]]
    assert names == ["license-lumen.jwt", "license-lumen-2.jwt"]


async def test_letter_in_doubt_that_went_out_is_found_for_both(
    step: Step, postmark: FakePostmark
) -> None:
    postmark.reactions.append(ACCEPT_AND_DROP)
    with pytest.raises(DeliveryInDoubtError):
        await step.run(PATIENT, 1, 2)

    assert methods(postmark) == ["POST"]
    assert await step.run(PATIENT, 2) == "accepted"
    assert len(postmark.accepted) == 1
    assert await step.told() == [((1, 2), "accepted")]


async def test_letter_in_doubt_whose_first_license_was_taken_back_is_found_for_the_other(
    step: Step, postmark: FakePostmark
) -> None:
    postmark.reactions.append(ACCEPT_AND_DROP)
    with pytest.raises(DeliveryInDoubtError):
        await step.run(PATIENT, 1, 2)
    await step.takes_back(1)

    assert await step.run(PATIENT, 2) == "accepted"
    assert len(postmark.accepted) == 1
    assert await step.told() == [((1, 2), "accepted")]


async def test_letter_in_doubt_that_never_went_goes_with_the_license_that_is_left(
    step: Step, postmark: FakePostmark
) -> None:
    postmark.reactions.append(refuse(500, 0))
    with pytest.raises(DeliveryInDoubtError):
        await step.run(PATIENT, 1, 2)
    await step.takes_back(1)

    with pytest.raises(DeliveryInDoubtError):
        await step.run(PATIENT, 2)
    assert await step.run(HASTY, 1, 2) == "withdrawn"
    (mail,) = postmark.accepted
    assert (mail.delivery, "KEY-1" in mail.message["TextBody"]) == ("2", False)
    assert await step.told() == [((2,), "accepted"), ((1,), "withdrawn")]


async def test_trouble_of_the_letter_is_tried_once_for_all_of_it(
    step: Step, postmark: FakePostmark
) -> None:
    postmark.default = refuse(401, 10)
    with pytest.raises(MailerRefusesError):
        await step.run(PATIENT, 1, 2)

    assert len(postmark.requests) == 1


async def test_address_that_is_refused_keeps_back_no_other(
    step: Step, postmark: FakePostmark
) -> None:
    await step.moves(2)
    postmark.reactions.append(refuse(422, 406))

    with pytest.raises(RecipientRefusedError):
        await step.run(PATIENT, 1, 2)
    assert [mail.message["To"] for mail in postmark.accepted] == [RIGHT]
    assert await step.told() == [((2,), "accepted"), ((1,), "refused")]


async def test_while_a_retry_may_help_one_mail_the_step_is_retried(
    step: Step, postmark: FakePostmark
) -> None:
    await step.moves(2)
    postmark.reactions.extend([refuse(422, 406), refuse(401, 10)])

    with pytest.raises(MailerRefusesError):
        await step.run(PATIENT, 1, 2)
    assert await step.told() == [((2,), "pending"), ((1,), "refused")]


async def test_address_of_one_license_that_is_corrected_meanwhile_gets_its_own_mail(
    step: Step, postmark: FakePostmark
) -> None:
    async def correct(_: Request) -> None:
        said = NewResend("gumroad", "order-1", RIGHT, "op", None, license_id=2)
        await step.database.write(ask_resends, said, NOON)

    postmark.reactions.append(Reaction(kept=True, meanwhile=correct))
    assert await step.run(PATIENT, 2) == "accepted"
    assert [mail.message["To"] for mail in postmark.accepted] == [BUYER, RIGHT]


async def test_two_mails_share_the_time_of_the_step(
    step: Step, postmark: FakePostmark, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = [0.0]
    monkeypatch.setattr("activities.email.monotonic", lambda: seconds[0])

    async def take_long(_: Request) -> None:
        seconds[0] += 50

    await step.moves(2)
    postmark.reactions.append(Reaction(kept=True, meanwhile=take_long))
    with pytest.raises(MailerAwayError, match="was not asked in time"):
        await step.run(PATIENT, 1, 2)
    assert len(postmark.accepted) == 1
    assert await step.run(PATIENT, 1, 2) == "accepted"
    assert len(postmark.accepted) == 2
