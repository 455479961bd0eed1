"""Options and help of `mintpost smoke`."""

import asyncio
from datetime import timedelta
from shlex import quote
from typing import Annotated

import typer

from commands.context import given
from commands.help import examples
from domain.advice import advised
from kit.refusals import RefusedError
from storefronts.registry import DEFAULT, package_of

Url = Annotated[str, typer.Option(metavar="URL", help="where the API is: https://shop.example.com")]
Source = Annotated[str, typer.Option(metavar="SHOP", help="the storefront", show_default=True)]
Secret = Annotated[
    str | None,
    typer.Option(metavar="TEXT", help="the webhook's  [default: the settings']"),
]
Receiver = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS", help="who gets the e-mail  [default: OPERATOR_EMAIL]"),
]
Patience = Annotated[
    float, typer.Option(metavar="SECONDS", min=1, help="until the sale must be done")
]


@examples(("mintpost smoke --url https://shop.example.com --to me@example.com", None))
def smoke(  # noqa: PLR0913, PLR0917 - a command's options
    ctx: typer.Context,
    url: Url,
    source: Source = DEFAULT.name,
    secret: Secret = None,
    to: Receiver = None,
    patience: Patience = 60,
) -> None:
    """Send a synthetic test sale through a running stack, and check what comes of it."""
    from commands.products import read_products
    from commands.proof import print_checks
    from commands.smoke import SmokePlan, require_whole, run_smoke
    from commands.tables import console
    from operations.offers import a_product

    context = given(ctx)
    context.require_source(source)
    package = package_of(source)
    defaults = context.smoke_defaults()
    receiver = to or defaults.operator
    at = ["--url", quote(url), *([] if source == DEFAULT.name else ["--source", source])]
    if receiver is None:
        raise RefusedError(
            f"nobody to mail: set OPERATOR_EMAIL, or "
            f"{advised('smoke', options=[*at, '--to ADDRESS'])}"
        )
    sample_shop = context.sample_shop(secret, source)
    if sample_shop is None:
        raise RefusedError(
            f"no secret: set {package.secret_variable}, or "
            f"{advised('smoke', options=[*at, '--secret TEXT'])}"
        )
    plan = SmokePlan(
        url=url,
        package=package,
        sample_shop=sample_shop,
        to=receiver,
        offer=a_product(read_products(defaults.products_file, context.sources), source),
        patience=timedelta(seconds=patience),
    )
    require_whole(plan)
    with context.open_database() as database:
        checks = asyncio.run(run_smoke(plan, database))
    if not print_checks(checks, console()):
        raise RefusedError("the smoke test failed")
