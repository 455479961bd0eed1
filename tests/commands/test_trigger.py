"""`mintpost trigger`: an event goes in by the webhook, and its results are printed."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from commands.dev import plan_dev
from commands.from_settings import FromSettings
from embedded.data_dir import last_address, locked_data_dir
from embedded.generated_secrets import generated_secrets
from storefronts.paddle.package import PADDLE
from storefronts.registry import PACKAGES
from storefronts.sample_events import SampleEvent
from tests.support.commanding import Answer, Run
from tests.support.running import PRODUCTS, SECRET, Mintpost, Setup, running

MEMBERSHIP = "  - {product_id: team, variant: {Tier: Team}, tier: team, months: 1, seats: 5}\n"
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def stack(setup: Setup, clean: pytest.MonkeyPatch) -> AsyncIterator[Mintpost]:
    clean.setenv("DATABASE_URL", setup.database.engine.url.render_as_string(hide_password=False))
    setup.products = f"{PRODUCTS}{MEMBERSHIP}"
    setup.operator = "me@example.com"
    async with running(setup) as mintpost:
        leave_as_dev(mintpost.url)
        yield mintpost


def leave_as_dev(url: str, secret: str | None = SECRET) -> None:
    folder = make_folder()
    (folder / "lock").write_text(url)
    (folder / "webhook-secret").write_text(secret or "")


async def triggered(mint: Run, *words: str) -> Answer:
    return await asyncio.to_thread(mint, "trigger", *words)


async def event_of(mint: Run, *words: str) -> dict[str, Any]:
    answer = await triggered(mint, *words, "--json")
    assert answer.code == 0, answer
    (line,) = json.loads(answer.out)
    found: dict[str, Any] = line
    return found


@ON_SQLITE
async def test_a_sale_and_its_refund_go_through_the_stack(stack: Mintpost, mint: Run) -> None:
    words = ["--quantity", "3", "--email", "eve@example.com", "--name", "Eve"]
    sold = await event_of(mint, "sale", *words)
    (license_,) = await stack.licenses()
    assert (sold["outcome"], license_.email, license_.name) == ("fulfilled", words[3], "Eve")
    assert (license_.seats, license_.test, license_.tier) == (3, True, "core")

    refund = await event_of(mint, "refund", "--order", f"gumroad:{sold['order_id']}")
    (license_,) = await stack.licenses()
    assert (refund["kind"], refund["order_id"]) == ("refund", sold["order_id"])
    assert (refund["outcome"], license_.status) == ("applied", "revoked")


@ON_SQLITE
async def test_a_membership_is_renewed_and_canceled(stack: Mintpost, mint: Run) -> None:
    first = await triggered(mint, "membership", "--product", "team")
    (before,) = await stack.licenses()
    assert f"mintpost show gumroad:{before.order_id}" in first.out
    assert "only written into the outbox" in first.out

    renewed = await triggered(mint, "renewal")
    (after,) = await stack.licenses()
    assert "renewed" in renewed.out
    assert f"renewal of gumroad:{before.order_id}, the newest that it may follow" in renewed.err
    assert before.expires_at is not None
    assert after.expires_at is not None
    assert before.expires_at < after.expires_at

    canceled = await triggered(mint, "cancellation")
    (ending,) = await stack.licenses()
    assert (canceled.code, ending.renews) == (0, False)
    assert "e-mail" not in canceled.out
    assert f"mintpost show gumroad:{before.order_id}" in canceled.out


@ON_SQLITE
async def test_a_test_ping_is_shown_by_its_event(stack: Mintpost, mint: Run) -> None:
    answer = await triggered(mint, "test-ping")
    (license_,) = await stack.licenses()
    assert license_.email == "me@example.com"
    assert license_.key in answer.out
    assert answer.out.endswith("\nmintpost show gumroad:event:1  # tells more\n")


@ON_SQLITE
async def test_an_event_that_waits_is_told_with_its_sentence(stack: Mintpost, mint: Run) -> None:
    answer = await triggered(mint, "sale", "--product", "none", "--patience", "0")
    (event,) = await stack.events()
    assert event.order_id is not None
    await stack.run_of(event.order_id).terminate()
    assert answer.code == 1
    assert f"gumroad:{event.order_id}" in answer.out


@ON_SQLITE
async def test_a_stack_of_another_database_or_secret_is_told(stack: Mintpost, mint: Run) -> None:
    wrong = await triggered(mint, "sale", "--secret", "wrong")
    assert wrong.err == (
        f"{stack.url} answers 404: are address and secret right? This gives others: "
        "`mintpost trigger sale --url URL --secret TEXT`\n"
    )
    nobody = await triggered(mint, "sale", "--url", "http://127.0.0.1:1")
    assert nobody.err == (
        "the API cannot be reached at http://127.0.0.1:1 (ConnectError): "
        "`mintpost doctor --url http://127.0.0.1:1` tells more\n"
    )
    assert await stack.events() == []


@ON_SQLITE
async def test_without_a_stack_it_names_the_command(stack: Mintpost, mint: Run) -> None:
    leave_as_dev("http://127.0.0.1:1")
    answer = await triggered(mint, "sale")
    assert answer.err.startswith("no `mintpost dev` answers at http://127.0.0.1:1 (ConnectError)")
    leave_as_dev("http://127.0.0.1:1", secret=None)
    assert (await triggered(mint, "sale")).err == (
        "no secret of the webhook is known: start `mintpost dev`, which makes one, give --secret, "
        "or set GUMROAD_WEBHOOK_SECRET\n"
    )
    assert await stack.events() == []


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("sold",), "no event is named sold; the names are: sale, membership, gift, "),
        (("sale", "--source", "other"), "no storefront is named other; the names are: gumroad"),
        (("sale", "--variant", "Pro"), "--variant must be CATEGORY=OPTION, as in"),
        (("refund", "--order", "other:1"), "no storefront is named other; the names are: gumroad"),
    ],
)
def test_words_that_mean_nothing_are_told(mint: Run, words: tuple[str, ...], sentence: str) -> None:
    answer = mint("trigger", *words)
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.startswith(sentence)


def test_the_help_lists_the_events_of_each_shop(mint: Run) -> None:
    told = " ".join(mint("trigger", "--help").out.split())
    for package in PACKAGES:
        events = [name for name in SampleEvent if name in package.sample_shop("").names]
        assert f"{package.name}: {', '.join(events)}" in told


@pytest.mark.usefixtures("clean")
def test_dev_s_secrets_sign_for_the_side_that_is_wished() -> None:
    made = generated_secrets(make_folder(), {})
    shops = {live: FromSettings().sample_shop(None, "paddle", live=live) for live in (False, True)}
    assert shops == {
        False: PADDLE.sample_shop(made["PADDLE_TEST_WEBHOOK_SECRET"]),
        True: PADDLE.sample_shop(made["PADDLE_WEBHOOK_SECRET"]),
    }


def make_folder() -> Path:
    folder = Path("var")
    folder.mkdir(exist_ok=True)
    return folder


def test_dev_leaves_its_address_to_other_terminals(tmp_path: Path) -> None:
    assert last_address(tmp_path) is None
    plan = plan_dev(tmp_path, 8123, 1, 2, {})
    with locked_data_dir(tmp_path, plan.url):
        assert last_address(tmp_path) == "http://127.0.0.1:8123"
    with locked_data_dir(tmp_path, "http://127.0.0.1:9"):
        assert last_address(tmp_path) == "http://127.0.0.1:9"
