"""Options and help of `mintpost migrate`."""

import asyncio

import typer

from commands.context import given
from commands.help import examples


@examples(("mintpost migrate", "before a new version starts; safe to repeat"))
def migrate(ctx: typer.Context) -> None:
    """Take the database to the newest migration, and register Temporal's search attributes."""
    from operations.migrate import migrate_database, register_search_attributes

    name = migrate_database(*given(ctx).private_database())
    typer.echo(f"the database is at migration {name}")
    typer.echo(asyncio.run(register_search_attributes(given(ctx).temporal())))
