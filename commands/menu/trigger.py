"""Options and help of `mintpost trigger`."""

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from commands.completion import any_sale
from commands.context import Context, given
from commands.help import examples
from commands.menu.options import AsJson
from kit.refusals import RefusedError
from storefronts.registry import ANOTHER, DEFAULT, EXAMPLE, PACKAGES, package_of
from storefronts.sample_events import SampleEvent

if TYPE_CHECKING:
    from domain.sale import Variants
    from storefronts.sample import SampleShop

NAMES = ", ".join(SampleEvent)
Event = Annotated[str, typer.Argument(metavar="EVENT", help=NAMES)]
Source = Annotated[
    str, typer.Option(metavar="SHOP", help="the storefront that sends it", show_default=True)
]
Order = Annotated[
    str | None,
    typer.Option(
        metavar="ORDER",
        help=f"that it belongs to: {EXAMPLE}  [default: the newest]",
        autocompletion=any_sale,
    ),
]
Product = Annotated[
    str | None, typer.Option(metavar="ID", help="[default: the first in products.yaml]")
]
Variant = Annotated[
    list[str] | None,
    typer.Option(metavar="CATEGORY=OPTION", help="what the buyer chose, or changes to"),
]
Email = Annotated[str | None, typer.Option(metavar="ADDRESS", help="the buyer's")]
Name = Annotated[str | None, typer.Option(metavar="NAME", help="the buyer's")]
Quantity = Annotated[int | None, typer.Option(metavar="COUNT", min=1, help="how many copies")]
Live = Annotated[bool, typer.Option("--live", metavar="", help="as a real sale, and not as a test")]
Url = Annotated[
    str | None, typer.Option(metavar="URL", help="where the API is  [default: `mintpost dev`]")
]
Secret = Annotated[
    str | None,
    typer.Option(metavar="TEXT", help="the webhook's  [default: the settings', or dev's]"),
]
Patience = Annotated[float, typer.Option(metavar="SECONDS", min=0, help="until its outcome")]


@examples(
    ("mintpost trigger sale", "the first product of products.yaml"),
    ("mintpost trigger refund", "of the newest order"),
    (f"mintpost trigger renewal --source {ANOTHER} --email ada@example.com", None),
)
def trigger(  # noqa: PLR0913, PLR0917 - a command's options
    ctx: typer.Context,
    event: Event,
    source: Source = DEFAULT.name,
    order: Order = None,
    product: Product = None,
    variant: Variant = None,
    email: Email = None,
    name: Name = None,
    quantity: Quantity = None,
    *,
    live: Live = False,
    url: Url = None,
    secret: Secret = None,
    as_json: AsJson = False,
    patience: Patience = 15,
) -> None:
    """Send a made-up event to `mintpost dev`, and tell what came of it."""
    from commands.products import read_products
    from commands.trigger import Target, print_triggered, run_trigger
    from operations.wished_events import Wish

    context = given(ctx)
    source, order_id = _shop_and_order(context, source, order)
    wish = Wish(
        event=_named(event),
        source=source,
        order=order_id,
        product_id=product,
        email=email,
        name=name,
        quantity=quantity,
        variants=_variants(variant),
        live=live,
    )
    target = Target(
        url,
        context.dev_address(),
        _sample_shop(context, secret, source, live=live),
        lambda: read_products(context.products_file(), context.sources),
        timedelta(seconds=patience),
        context.keeper_of_answers(source),
    )
    with context.open_database() as database:
        done = asyncio.run(run_trigger(target, wish, database))
    print_triggered(done, as_json=as_json)
    if not done.ended_well:
        raise typer.Exit(1)


def _events_of_shops() -> str:
    """Return the events that each shop has, one shop a paragraph."""
    made = ((each.name, each.sample_shop("").names) for each in PACKAGES)
    lines = (
        f"{shop}: {', '.join(filter(names.__contains__, SampleEvent))}" for shop, names in made
    )
    return "\n\n".join(lines)


# Every command's start would wait for the shops' samples, which only this help needs.
trigger.ends_with = _events_of_shops  # type: ignore[attr-defined] # a function takes any name


def _named(event: str) -> SampleEvent:
    try:
        return SampleEvent(event)
    except ValueError:
        raise RefusedError(
            f"no event is named {event}; the names are: {NAMES}; a sale is `mintpost trigger sale`"
        ) from None


def _shop_and_order(context: Context, source: str, order: str | None) -> tuple[str, str | None]:
    """Split a sale's name. A bare order id is of the storefront `source`."""
    shop, colon, order_id = (order or "").strip().partition(":")
    source, found = (shop, order_id) if colon else (source, shop)
    context.require_source(source)
    return source, found or None


def _variants(words: list[str] | None) -> "Variants | None":
    if not words:
        return None
    split = [word.partition("=") for word in words]
    if not all(sign and option for _, sign, option in split):
        raise RefusedError(
            "--variant must be CATEGORY=OPTION, as in `mintpost trigger sale --variant Tier=Pro`"
        )
    return tuple((category, option) for category, _, option in split)


def _sample_shop(context: Context, secret: str | None, source: str, *, live: bool) -> "SampleShop":
    shop = context.sample_shop(secret, source, live=live)
    if shop is None:
        raise RefusedError(
            f"no secret of the webhook is known: start `mintpost dev`, which makes one, give "
            f"--secret, or set {package_of(source).secret_variable}"
        )
    return shop
