"""`mintpost smoke` against a stack that is not as it should be."""

import asyncio
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from typing_extensions import override

from catalog.file import ProductsFile
from domain.delivery import DeliveryStatus
from mailers.base import PATIENCE, Email, Receipt
from mailers.outbox.service import LoggingEmailService
from operations.offers import ADD, a_product
from tests.support.commanding import Run, Shop
from tests.support.running import SECRET, Setup, running

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Mailing(LoggingEmailService):
    """Says of what it wrote down that it went out."""

    @override
    async def send(self, email: Email, patience: timedelta = PATIENCE) -> Receipt:
        return replace(await super().send(email, patience), status=DeliveryStatus.ACCEPTED)


async def smoke(mint: Run, url: str, secret: str = SECRET, patience: int = 30) -> tuple[int, str]:
    arguments = ["--url", url, "--secret", secret, "--to", "me@example.com"]
    answer = await asyncio.to_thread(mint, "smoke", *arguments, "--patience", str(patience))
    return answer.code, answer.out + answer.err


@ON_SQLITE
async def test_a_good_stack_passes(shop: Shop, mint: Run) -> None:
    code, said = await smoke(mint, f"{shop.mintpost.url}/")
    assert (code, said.count("✓"), said.count("✗")) == (0, 7, 0), said
    newest = (await shop.mintpost.licenses())[0]
    assert (newest.email, newest.test) == ("me@example.com", True)
    (warning,) = [line for line in said.splitlines() if line.startswith("  !")]
    assert warning.startswith("  !  nobody got the e-mail: it was only written into the outbox")
    assert "set POSTMARK_TOKEN and EMAIL_FROM for the worker" in warning


@ON_SQLITE
async def test_a_stack_that_mails_has_no_warning(
    setup: Setup, mint: Run, clean: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    clean.setenv("DATABASE_URL", setup.database.engine.url.render_as_string(hide_password=False))
    setup.mailer = Mailing(tmp_path / "outbox")
    async with running(setup) as mintpost:
        code, said = await smoke(mint, mintpost.url)
    assert (code, said.count("✓"), said.count("!")) == (0, 7, 0), said


def test_a_shop_whose_sales_need_its_api_is_refused(mint: Run, clean: pytest.MonkeyPatch) -> None:
    clean.setenv("STRIPE_WEBHOOK_SECRET", "whsec_any")
    Path("products.yaml").write_text("stripe:\n  - {product_id: prod_TxAbCdEfGhIjKl, tier: core}\n")
    options = ("--source", "stripe", "--url", "http://127.0.0.1:1", "--to", "me@example.com")
    answer = mint("smoke", *options)
    assert answer.code == 1
    assert answer.err == (
        "Stripe tells a sale's parts by its API alone, which knows no made-up sale: buy in "
        "Stripe's own test mode instead, as docs/storefronts/stripe.md says\n"
    )


@ON_SQLITE
async def test_a_wrong_secret_is_told(shop: Shop, mint: Run) -> None:
    code, said = await smoke(mint, shop.mintpost.url, "wrong")
    assert code == 1
    assert "✗  the webhook takes the request: it answers 404" in said
    assert "the sale is done" not in said


@ON_SQLITE
async def test_a_sale_that_waits_is_told_and_ends_it(
    shop: Shop, mint: Run, clean: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "mine.yaml").write_text("gumroad:\n  - {product_id: not-theirs, tier: core}\n")
    clean.setenv("PRODUCTS_FILE", "mine.yaml")
    code, said = await smoke(mint, shop.mintpost.url, patience=1)
    (order,) = re.findall(r"✗  the sale is done within 1 s: `mintpost show gumroad:(\S+)`", said)
    await shop.mintpost.run_of(order).terminate()
    assert code == 1
    assert said.endswith("tells what it waits for\nthe smoke test failed\n")


@ON_SQLITE
@pytest.mark.usefixtures("shop")
async def test_without_a_product_there_is_nothing_to_buy(mint: Run, tmp_path: Path) -> None:
    (tmp_path / "products.yaml").write_text("gumroad: []\n")
    code, said = await smoke(mint, "http://127.0.0.1:1")
    assert (code, said) == (1, f"products.yaml has no product under gumroad: {ADD}\n")


@ON_SQLITE
@pytest.mark.usefixtures("shop")
async def test_what_gives_no_license_is_not_bought(mint: Run, tmp_path: Path) -> None:
    book = "gumroad:\n  - {product_id: book, license: none}\n"
    (tmp_path / "products.yaml").write_text(book)
    _, said = await smoke(mint, "http://127.0.0.1:1")
    assert said == f"products.yaml gives a license for no product under gumroad: {ADD}\n"
    (tmp_path / "products.yaml").write_text(f"{book}  - {{product_id: editor, tier: core}}\n")
    catalog = ProductsFile(tmp_path / "products.yaml", ("gumroad",)).current()
    assert a_product(catalog, "gumroad").product_id == "editor"


@ON_SQLITE
@pytest.mark.usefixtures("shop")
async def test_an_address_where_nobody_answers_is_told(mint: Run) -> None:
    for url in ("http://127.0.0.1:1", "nonsense", "ftp://example.com", "http://[", ""):
        code, said = await smoke(mint, url)
        assert code == 1
        assert said.startswith(f"the API cannot be reached at {url} (")
        assert len(said.splitlines()) == 1
