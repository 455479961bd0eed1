"""`mintpost smoke`: a synthetic test sale through a running stack, and its checks."""

from dataclasses import dataclass
from datetime import timedelta
from shlex import quote

import httpx

from db.engine import Database
from domain.advice import advised
from domain.catalog import Offer
from domain.identifiers import order_reference
from kit.clock import utc_now
from kit.refusals import RefusedError
from operations.checks import (
    Check,
    SampleSender,
    check_mailed,
    check_repetition,
    check_sale,
    check_stranger,
)
from storefronts.package import StorefrontPackage
from storefronts.sample import SampleSale, SampleShop


@dataclass(frozen=True, slots=True)
class SmokePlan:
    """`package`: the shop that sells. `offer`: the product to buy. `to` gets the e-mail."""

    url: str
    package: StorefrontPackage
    sample_shop: SampleShop
    to: str
    offer: Offer
    patience: timedelta


async def run_smoke(plan: SmokePlan, database: Database) -> list[Check]:
    """Send the sale and return the checks. A failed check ends the list if the rest need it."""
    async with httpx.AsyncClient() as http:
        url = plan.url.rstrip("/")
        shop = SampleSender(http, url, database, plan.sample_shop, plan.package)
        try:
            return await _checks(shop, _sample(plan), plan)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            kind = type(error).__name__
            doctor = advised("doctor", options=["--url", quote(plan.url)])
            raise RefusedError(
                f"the API cannot be reached at {plan.url} ({kind}): start it, or correct --url; "
                f"{doctor} tells more"
            ) from None


def require_whole(plan: SmokePlan) -> None:
    """Refuse a sale whose parts only the real shop's API could tell, because it would be parked."""
    package, request = plan.package, plan.sample_shop.request(_sample(plan))
    if any(each.answers for each in (request, *request.also)):
        page = f"docs/storefronts/{package.name}.md"
        raise RefusedError(
            f"{package.title} tells a sale's parts by its API alone, which knows no made-up sale: "
            f"buy in {package.title}'s own test mode instead, as {page} says"
        )


async def _checks(shop: SampleSender, sample: SampleSale, plan: SmokePlan) -> list[Check]:
    accepted = await _accepted(shop, sample)
    if not accepted.holds:
        return [accepted]
    named = order_reference(plan.package.name, sample.order_id)
    done = Check(
        f"the sale is done within {plan.patience.total_seconds():g} s",
        await shop.settled(sample, plan.patience),
        f"{advised('show', named)} tells what it waits for",
    )
    if not done.holds:
        return [accepted, done]
    return [
        accepted,
        done,
        *await check_sale(shop, sample),
        await check_repetition(shop, sample, plan.patience),
        await check_stranger(shop, sample),
        *await check_mailed(shop, sample),
    ]


async def _accepted(shop: SampleSender, sample: SampleSale) -> Check:
    sentence = "the webhook takes the request"
    answer = await shop.send(sample)
    rows = await shop.events(sample)
    if answer.is_success and not rows:
        return Check(sentence, holds=False, found="it went to another stack's database")
    found = f"it answers {answer.status_code}: are address and secret right?"
    return Check(sentence, answer.is_success, found)


def _sample(plan: SmokePlan) -> SampleSale:
    return SampleSale(
        order_id=f"smoke-{plan.sample_shop.new_order_id()}",
        product_id=plan.offer.product_id,
        product_name=plan.offer.name or plan.offer.product_id,
        variants=plan.offer.variant,
        email=plan.to,
        name="Smoke Test",
        sold_at=utc_now(),
        test=True,
    )
