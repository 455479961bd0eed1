"""Help without typer's `<bool>` behind `--help`, and ids that begin with a dash."""

import re
from collections.abc import Iterator
from typing import Any

from typer.core import TyperCommand, TyperGroup, TyperOption
from typing_extensions import override

SLIP = re.compile(r"--[a-z][a-z-]*(?==|$)(?!==$)")
"""A mistyped option. An order id may have capitals or digits, and end with `==`."""


class QuietCommand(TyperCommand):
    # No option of ours has a short form, so a word with one dash in front is an id, or its part.
    ignore_unknown_options = True

    @override
    def get_help_option(self, ctx: Any) -> TyperOption | None:
        return _without_type(super().get_help_option(ctx))

    @override
    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Add the words that a command makes only for its help: `<function>.ends_with()`."""
        if (ends_with := getattr(self.callback, "ends_with", None)) is not None:
            self.epilog = ends_with()
        super().format_help(ctx, formatter)

    @override
    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        known = {name for parameter in self.get_params(ctx) for name in parameter.opts}
        for slip in _slips(args):
            if slip not in known:
                ctx.fail(f"No such option: {slip}")
        return super().parse_args(ctx, args)


class QuietGroup(TyperGroup):
    @override
    def get_help_option(self, ctx: Any) -> TyperOption | None:
        return _without_type(super().get_help_option(ctx))


def _slips(args: list[str]) -> Iterator[str]:
    for arg in args:
        if arg == "--":
            return
        if found := SLIP.match(arg):
            yield found[0]


def _without_type(option: TyperOption | None) -> TyperOption | None:
    if option is not None:
        option.metavar = ""
        # For a flag without a default typer builds a validator, and imports pydantic for it.
        option.default = False
    return option
