"""A stack of the released version, with unfinished sales, goes on with today's code.

`tests/data/released/record.py` recorded the data dir. All tests share one stack, because a start
takes seconds. Each test looks at one sale.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from sqlalchemy import URL

from db.engine import Database, open_engine
from db.signing_keys import known_keys
from db.views.lists import EventLine, Filters, LicenseLine, list_events, list_licenses
from embedded.isolated_plan import plan_isolated_stack
from embedded.stack import Stack
from fakes.postmark import FakePostmark
from kit.clock import utc_now
from licensing.tokens import PublicKey, verify_token
from tests.support.commanding import Run
from tests.support.leaks import LeakSearch
from tests.support.pings import changed, recorded
from tests.support.processes import MINTPOST, run
from tests.support.released import add_refunded, unpack
from tests.support.waiting import until

Command = Callable[..., Awaitable[str]]

MAPPED = """
gumroad:
  - {product_id: released-mapped, tier: core, years: 1}
  - {product_id: released-unmapped, tier: pro}
"""


@dataclass(frozen=True, slots=True)
class Released:
    """The running stack, its mail provider and its database."""

    stack: Stack
    postmark: FakePostmark
    database: Database

    async def post(self, body: bytes) -> None:
        secret = self.stack.plan.environment["GUMROAD_WEBHOOK_SECRET"]
        url = f"{self.stack.plan.url}/webhooks/gumroad?secret={secret}"
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        async with httpx.AsyncClient(trust_env=False) as http:
            assert (await http.post(url, content=body, headers=form)).status_code == 200

    async def ask(self, verb: str, **fields: str) -> dict[str, Any]:
        async with httpx.AsyncClient(trust_env=False) as http:
            answer = await http.post(f"{self.stack.plan.url}/v1/{verb}", json=fields)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def events(self, order_id: str) -> list[EventLine]:
        """Return the events of the storefront alone, because a correction is an event as well."""
        return await self.database.read(list_events, Filters(source="gumroad", order_id=order_id))

    async def licenses(self, order_id: str) -> list[LicenseLine]:
        return await self.database.read(list_licenses, Filters(order_id=order_id))

    async def fulfilled(self, order_id: str) -> list[EventLine]:
        """Wait until a row of the order is fulfilled and none is open; return all its rows."""

        async def done() -> list[EventLine] | None:
            lines = await self.events(order_id)
            outcomes = [line.outcome for line in lines]
            return lines if "fulfilled" in outcomes and None not in outcomes else None

        return await until(done, f"{order_id} is fulfilled", 60)

    def mails_to(self, address: str) -> int:
        return sum(mail.message["To"] == address for mail in self.postmark.accepted)


@pytest.fixture(scope="module")
async def released(
    tmp_path_factory: pytest.TempPathFactory, leak_search: LeakSearch
) -> AsyncIterator[Released]:
    folder = tmp_path_factory.mktemp("released")
    data_dir = unpack(folder)
    add_refunded(data_dir / "mintpost.db", "released-refunded")
    # The embedded Temporal does not run yet, as in an update by hand.
    environment = {"DATA_DIR": str(data_dir), "TEMPORAL_ADDRESS": "127.0.0.1:1"}
    code, said = await run(*MINTPOST, "migrate", folder=folder, environment=environment)
    assert code == 0, said
    async with FakePostmark() as postmark:
        provider = {
            "POSTMARK_TOKEN": postmark.token,
            "POSTMARK_API_URL": postmark.url,
            "EMAIL_FROM": "shop@example.com",
        }
        plan = plan_isolated_stack(data_dir, (folder / "products.yaml").read_text(), provider)
        database = Database(
            open_engine(URL.create("sqlite", database=str(data_dir / "mintpost.db")))
        )
        async with Stack(plan) as stack:
            yield Released(stack, postmark, database)
        for license_ in database.read_here(list_licenses, Filters()):
            leak_search.keep_private(license_.key, license_.email)
        database.dispose()


@pytest.fixture
def command(released: Released, mint: Run, clean: pytest.MonkeyPatch) -> Command:
    """Run a command in this process, as in another terminal of the stack's."""
    plan = released.stack.plan
    stack = {"DATA_DIR": str(plan.data_dir), "TEMPORAL_ADDRESS": plan.temporal_address}
    for name, value in {**plan.environment, **stack}.items():
        clean.setenv(name, value)

    async def run(*words: str) -> str:
        told = await asyncio.to_thread(mint, *words)
        assert told.code == 0, told
        return told.out + told.err

    return run


async def test_sale_that_waited_for_its_mail_is_mailed_once(released: Released) -> None:
    (event,) = await released.fulfilled("released-running")
    (license_,) = await released.licenses("released-running")
    assert (event.id, license_.id) == (5, 2)
    assert released.mails_to("running@example.com") == 1


async def test_parked_sale_is_fulfilled_once_its_product_is_mapped(
    released: Released, command: Command
) -> None:
    (parked,) = await released.events("released-parked")
    assert parked.error == (
        'unmapped product "released-unmapped": add it under gumroad in products.yaml'
    )
    (released.stack.plan.data_dir / "products.yaml").write_text(MAPPED)
    await command("retry", "gumroad:released-parked")
    await released.fulfilled("released-parked")
    (license_,) = await released.licenses("released-parked")
    assert license_.tier == "pro"
    assert released.mails_to("parked@example.com") == 1


async def test_request_that_the_released_version_spooled_is_fulfilled(released: Released) -> None:
    (event,) = await released.fulfilled("released-spooled")
    assert event.received_at.isoformat().startswith("2026-11-27T22:14:44.928237")
    assert len(await released.licenses("released-spooled")) == 1
    assert released.mails_to("spooled@example.com") == 1


async def test_failed_sale_keeps_its_sentence_until_a_person_corrects_it(
    released: Released, command: Command
) -> None:
    (failed,) = await released.events("released-failed")
    assert (failed.outcome, failed.workflow_id) == ("failed", "gumroad:released-failed")
    assert "email must be one bare e-mail address" in (failed.error or "")
    await command("resend", "gumroad:released-failed", "--to", "right@example.com")
    (event,) = await released.fulfilled("released-failed")
    assert (event.id, event.error) == (failed.id, None)
    assert len(await released.licenses("released-failed")) == 1
    assert released.mails_to("right@example.com") == 1


async def test_fulfilled_sale_is_not_touched_and_another_copy_is_its_duplicate(
    released: Released,
) -> None:
    changes = {"sale_id": "released-fulfilled", "email": "fulfilled@example.com"}
    await released.post(changed(recorded("01"), **changes, product_id="released-mapped"))

    async def three() -> list[EventLine] | None:
        lines = await released.events("released-fulfilled")
        return lines if len(lines) == 3 and lines[0].outcome is not None else None

    newest, *recorded_lines = await until(three, "the copy is settled")
    assert newest.outcome == "duplicate"
    assert [line.outcome for line in recorded_lines] == ["duplicate", "fulfilled"]
    assert len(await released.licenses("released-fulfilled")) == 1
    assert released.mails_to("fulfilled@example.com") == 0


async def test_app_asks_for_a_license_of_the_released_version(released: Released) -> None:
    (license_,) = await released.licenses("released-fulfilled")
    asked = {"key": license_.key.lower(), "product": "released-mapped"}
    activated = await released.ask("activate", **asked, device="a-device")
    assert (activated["code"], activated["devices"]["used"]) == ("VALID", 1)

    async def signed() -> dict[str, Any] | None:
        told = await released.ask("validate", **asked, device="a-device")
        return told if told["token"] is not None else None

    told = await until(signed, "the worker signs the token of the older license", 60)
    assert (told["code"], told["license"]["tier"]) == ("VALID", "core")
    keys = [PublicKey(each.kid, each.x) for each in await released.database.read(known_keys)]
    token = verify_token(told["token"], keys, utc_now())
    assert (token.key, token.token_id, token.holds) == (license_.key, told["license"]["id"], True)
    assert (await released.ask("validate", key=license_.key, product="other"))["code"] == (
        "WRONG_PRODUCT"
    )


async def test_refund_that_the_released_version_ignored_is_applied_once(
    released: Released, command: Command
) -> None:
    order = "gumroad:released-refunded"
    told = await command("reread", "--dry-run")
    assert f"refund of {order}: license 20 revoked (refunded)" in told
    (license_,) = await released.licenses("released-refunded")
    assert (license_.status, license_.reason) == ("active", None)
    assert "applied: 1 event" in await command("reread", "--yes")
    (license_,) = await released.licenses("released-refunded")
    assert (license_.status, license_.reason) == ("revoked", "refunded")
    assert (await released.ask("validate", key=license_.key))["code"] == "REFUNDED"
    assert [each.outcome for each in await released.events("released-refunded")] == [
        "applied",
        "fulfilled",
    ]
    assert "no event from before" in await command("reread", "--yes")
